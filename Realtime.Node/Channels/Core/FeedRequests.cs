using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Channels.Core;

/// <summary>
/// Answers what feeds ask of a channel beside its log: to listen, who is present, whether they are still listened to. Who listens and who is
/// present go together: a feed that is gone leaves its members unclaimed.
/// </summary>
internal sealed class FeedRequests(NamespacePolicy space, ChannelPolicy policy, ChannelFeeds feeds, PresenceRoster roster, ChannelReports? reports)
{
    public void Answer(ChannelInput.Asked asked, StreamPosition head, LogReader reader, long now, List<ChannelEffect> effects)
    {
        var (to, tag) = (asked.Sender, asked.Request.Tag);
        switch (asked.Request)
        {
            case ChannelRequest.Renew renew:
                Renew(renew, to, head, now, effects);
                break;
            case ChannelRequest.Taken taken when feeds.Find(taken.Feed, taken.Attempt) is { } feed:
                Take(feed, taken.Through, head, effects);
                break;
            case ChannelRequest.Taken:
                break;
            case ChannelRequest.Listen listen when TryListen(listen, asked, now, effects):
                Send(to, new ChannelReply.Listening(tag, listen.Attempt, head, reader.RosterOf(isWanted: true)), effects);
                break;
            case ChannelRequest.Listen:
                break;
            case ChannelRequest.Unlisten unlisten:
                if (feeds.Remove(unlisten.Feed, unlisten.Attempt))
                {
                    roster.Orphan(unlisten.Feed, now);
                }
                else
                {
                    reports?.Doubt(now);
                }

                Send(to, new ChannelReply.Noted(tag), effects);
                break;
            case ChannelRequest.Claim claim when !feeds.Listens(claim.Feed):
                // Nobody would notice its end. It listens anew and claims again.
                Send(to, new ChannelReply.Retry(tag), effects);
                break;
            case ChannelRequest.Claim claim:
                SendPresence(space.Presence ? roster.Claim(claim.Feed, claim.Claims) : [], now, effects);
                Send(to, new ChannelReply.Noted(tag), effects);
                break;
            case ChannelRequest.Withdraw withdraw:
                Withdraw(withdraw, now, effects);
                Send(to, new ChannelReply.Noted(tag), effects);
                break;
            case ChannelRequest.ReadRoster read:
                Send(to, new ChannelReply.RosterPage(tag, roster.Snapshot(space.RosterLimit, read.After)), effects);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(asked), asked.Request, "is not what feeds ask here");
        }
    }

    /// <summary>A node has left the cluster, so its feeds have, too.</summary>
    public void RemoveNode(Address node, long now) => Orphan(feeds.RemoveOf(node), now);

    /// <summary>Feeds that failed, and those of nodes that do not reach this one.</summary>
    public void RemoveSilent(long now) => Orphan(feeds.RemoveSilentSince(now - (long)policy.FeedLease.TotalMilliseconds), now);

    /// <summary>Lets go of members that no feed has claimed in time.</summary>
    public void Expire(long now, List<ChannelEffect> effects) => SendPresence(roster.Expire(now), now, effects);

    /// <returns>Whether it is to be answered: the last part of the latest attempt.</returns>
    private bool TryListen(ChannelRequest.Listen listen, ChannelInput.Asked asked, long now, List<ChannelEffect> effects)
    {
        if (space.Presence)
        {
            SendPresence(listen.Known is { } known ? roster.Adopt(known, now) : [], now, effects);
            roster.GoAbove(listen.Revision);
        }

        if (listen.Known is { More: true } || !feeds.Add(listen.Feed, listen.Attempt, asked.Sender, asked.Window, now, out var replaced))
        {
            return false;
        }

        if (replaced is { } earlier)
        {
            roster.Orphan(earlier, now);
        }

        return true;
    }

    private void Withdraw(ChannelRequest.Withdraw withdraw, long now, List<ChannelEffect> effects)
    {
        var changes = space.Presence ? roster.Withdraw(withdraw.Session, withdraw.Stamp, now) : [];
        SendPresence(changes, now, effects);
        if (space.Presence && changes.Count == 0 && !roster.Contains(withdraw.Session))
        {
            reports?.OnStranger(withdraw.Session, now);
        }
    }

    /// <summary>A hub of another node is answered only when its feed has missed something.</summary>
    private void Renew(ChannelRequest.Renew renew, IActorRef hub, StreamPosition head, long now, List<ChannelEffect> effects)
    {
        var feed = feeds.Renew(renew.Feed, renew.Attempt, now);
        if (feed is not null && renew.Progress is { } progress)
        {
            Take(feed, progress.Through, head, effects);
            if (feed.IsHeld)
            {
                feeds.SendHeld(feed, head, effects);
                return;
            }

            if (!IsAhead(head, progress))
            {
                return;
            }
        }

        Send(hub, StateFor(renew.Tag, renew.Feed, renew.Attempt, feed is not null, head), effects);
    }

    private bool IsAhead(StreamPosition head, FeedProgress progress) =>
        (!head.IsNone && (head.Epoch != progress.Head.Epoch || head.Offset > progress.Head.Offset))
        || (space.Presence && roster.Revision > progress.Revision);

    /// <summary>A feed that is held no longer hears what it missed.</summary>
    private void Take(ListeningFeed feed, long through, StreamPosition head, List<ChannelEffect> effects)
    {
        if (feeds.Take(feed, through))
        {
            Send(feed.Ref, StateFor(0, feed.Id, feed.Attempt, isListening: true, head), effects);
        }
    }

    private ChannelReply.Renewed StateFor(long tag, FeedId feed, long attempt, bool isListening, StreamPosition head) =>
        new(tag, feed, attempt, isListening, head) { Revision = space.Presence ? roster.Revision : -1 };

    private void Orphan(IReadOnlyList<FeedId> gone, long now)
    {
        foreach (var feed in gone)
        {
            roster.Orphan(feed, now);
        }
    }

    private void SendPresence(IReadOnlyList<RosterChange> changes, long now, List<ChannelEffect> effects)
    {
        foreach (var change in changes)
        {
            reports?.OnRoster(change, now);
            feeds.SendPresence(change, space.RosterLimit, effects);
        }
    }

    private static void Send(IActorRef to, ChannelReply reply, List<ChannelEffect> effects) => effects.Add(new ChannelEffect.Send(to, reply));
}
