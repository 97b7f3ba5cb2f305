using System.Collections.Immutable;
using System.Diagnostics;
using Realtime.Client.Protocol;

namespace Realtime.Client.Core;

/// <summary>
/// Who is present where. Each change carries a revision, one more than the last; when one is missing the whole roster is
/// asked for, because a lost "left" would otherwise show somebody for ever.
/// </summary>
internal sealed class PresenceBook(Func<long> nextId)
{
    private readonly Dictionary<long, SubscriptionEntry> _asked = [];

    public void LinkLost() => _asked.Clear();

    public void Observe(SubscriptionEntry entry, ServerFrame frame, int link, List<ClientEffect> effects)
    {
        switch (frame)
        {
            case ServerFrame.Roster roster:
                // A large roster comes in parts of one revision; one of another revision begins anew.
                var info = entry.RosterPart is { } before && before.Revision == roster.Info.Revision ? before.With(roster.Info) : roster.Info;
                entry.RosterPart = info.More ? info : null;
                if (!info.More)
                {
                    Replace(entry, info, effects);
                }

                break;
            case ServerFrame.Presence change:
                Change(entry, change, link, effects);
                break;
            default:
                throw new UnreachableException();
        }
    }

    public void Replace(SubscriptionEntry entry, PresenceInfo info, List<ClientEffect> effects)
    {
        entry.Members = ToDictionary(info.Members);
        entry.Count = info.Count;
        entry.Revision = info.Revision;
        effects.Add(new ClientEffect.Roster(entry.Channel, entry.Members));
        if (entry.Full)
        {
            entry.RosterStale = true;
            return;
        }

        effects.Add(new ClientEffect.Deliver(new ChannelEvent.Roster(entry.Channel, info.Members, info.Count, info.Revision)));
    }

    /// <summary>The reply that repairs a roster; false when it is somebody else's.</summary>
    public bool Answered(int link, ServerFrame.Reply reply, List<ClientEffect> effects)
    {
        if (!_asked.TryGetValue(reply.Id, out var entry))
        {
            return false;
        }

        var info = FrameReader.PresenceInfo(reply.Body);
        _asked.Remove(reply.Id);
        if (entry.RosterAsked == reply.Id)
        {
            var last = info.Members.IsEmpty ? null : info.Members[^1].Session;
            info = entry.RosterAnswer is { } before ? before.With(info) : info;
            entry.RosterAnswer = info.More && last is not null ? info : null;
            entry.RosterAsked = 0;
            if (entry.RosterAnswer is not null)
            {
                Ask(entry, link, last, effects);
                return true;
            }

            Replace(entry, info, effects);
            // Changes may have overtaken the answer; those it knows already are dropped by their revision.
            var held = entry.HeldChanges.ToList();
            entry.HeldChanges.Clear();
            foreach (var change in held)
            {
                Change(entry, change, link, effects);
            }
        }

        return true;
    }

    /// <summary>The next change that comes will ask again: its revision does not follow either.</summary>
    public bool Refused(long id)
    {
        if (!_asked.Remove(id, out var entry))
        {
            return false;
        }

        if (entry.RosterAsked == id)
        {
            entry.RosterAsked = 0;
            entry.HeldChanges.Clear();
        }

        return true;
    }

    public void CaughtUp(SubscriptionEntry entry, List<ClientEffect> effects)
    {
        if (entry.RosterStale)
        {
            entry.RosterStale = false;
            effects.Add(new ClientEffect.Deliver(
                new ChannelEvent.Roster(entry.Channel, [.. entry.Members.Values], entry.Count, entry.Revision)));
        }
    }

    private void Change(SubscriptionEntry entry, ServerFrame.Presence change, int link, List<ClientEffect> effects)
    {
        if (entry is { Revision: { } known } && change.Revision is { } revision)
        {
            if (revision <= known)
            {
                return;
            }

            if (revision > known + 1)
            {
                if (entry.RosterAsked == 0)
                {
                    entry.RosterAnswer = null;
                    Ask(entry, link, null, effects);
                }

                entry.HeldChanges.Add(change);
                return;
            }
        }

        entry.Revision = change.Revision ?? entry.Revision;
        var members = entry.Members.ToBuilder();
        foreach (var member in change.Members)
        {
            if (change.Change == PresenceChange.Left)
            {
                members.Remove(member.Session);
            }
            else
            {
                members[member.Session] = member;
            }
        }

        entry.Members = members.ToImmutable();
        entry.Count = entry.Members.Count;
        effects.Add(new ClientEffect.Roster(entry.Channel, entry.Members));
        if (entry.Full)
        {
            entry.RosterStale = true;
            return;
        }

        effects.Add(new ClientEffect.Deliver(change.Change switch
        {
            PresenceChange.Joined => new ChannelEvent.Joined(entry.Channel, change.Members, change.Revision),
            PresenceChange.Left => new ChannelEvent.Left(entry.Channel, change.Members, change.Revision),
            PresenceChange.Changed => new ChannelEvent.Changed(entry.Channel, change.Members, change.Revision),
            _ => throw new UnreachableException(),
        }));
    }

    private void Ask(SubscriptionEntry entry, int link, string? after, List<ClientEffect> effects)
    {
        entry.RosterAsked = nextId();
        _asked.Add(entry.RosterAsked, entry);
        effects.Add(new ClientEffect.Send(link, FrameWriter.Presence(entry.RosterAsked, entry.Channel, after)));
    }

    private static ImmutableDictionary<string, Member> ToDictionary(ImmutableArray<Member> members)
    {
        var all = ImmutableDictionary.CreateBuilder<string, Member>();
        foreach (var member in members)
        {
            all[member.Session] = member;
        }

        return all.ToImmutable();
    }
}
