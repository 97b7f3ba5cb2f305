using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Feeds;

/// <summary>
/// Subscribers that have no position yet. Their wish becomes one from the head where that is enough, else by the channel's answer; their
/// connection is told, and they are held until it says that the client's reply is queued.
/// </summary>
internal sealed class FeedEntrance(
    ChannelName channel, NamespacePolicy space, int patience, SubscriberSet subscribers, ChannelReader reader, Fanout fanout,
    FeedPresence? presence)
{
    private readonly HashSet<Subscriber> _joining = [];

    public bool IsWaiting => _joining.Count > 0;

    /// <param name="isHeld">Whether an actor is believed: without one the head may be anywhere.</param>
    public void Add(Subscriber subscriber, bool isHeld)
    {
        _joining.Add(subscriber);
        if (!(isHeld && TryPlaceAtHead(subscriber)) && space.KeepsLog)
        {
            reader.ReadFirst(subscriber);
        }
    }

    public void Remove(Subscriber subscriber) => _joining.Remove(subscriber);

    /// <summary>The head is known, or known to have moved, and the actor that said so is believed.</summary>
    public void PlaceAtHead()
    {
        foreach (var subscriber in _joining.ToArray())
        {
            TryPlaceAtHead(subscriber);
        }
    }

    /// <summary>The channel has answered.</summary>
    public void Place(Subscriber subscriber, ChannelReply.Subscribed answer)
    {
        if (_joining.Contains(subscriber))
        {
            subscriber.FirstPage = answer.Messages;
            fanout.MoveHead(answer.Head);
            Place(subscriber, answer.Position, answer.Recovered, answer.Gap);
        }
    }

    public void Refuse(Subscriber subscriber, ChannelReply.Refused reason)
    {
        if (_joining.Remove(subscriber))
        {
            subscribers.Remove(subscriber);
            subscriber.Connection.Tell(new FeedEvent.JoinRefused(subscriber, reason), ActorRefs.NoSender);
        }
    }

    public void RefuseAll(ChannelReply.Refused reason) => Array.ForEach(_joining.ToArray(), subscriber => Refuse(subscriber, reason));

    /// <summary>A second has passed.</summary>
    public void Tick()
    {
        foreach (var subscriber in _joining.ToArray())
        {
            if (++subscriber.SecondsJoining >= patience)
            {
                Refuse(subscriber, new ChannelReply.Refused(0, ErrorCode.Timeout, "the channel gave no answer in time", 1000));
            }
        }
    }

    public SubscriptionInfo Describe(Subscriber subscriber)
    {
        var present = subscriber.SeesPresence ? presence?.Snapshot() : null;
        return space.KeepsLog
            ? new SubscriptionInfo(channel, subscriber.Cursor.Position, fanout.Head) { Presence = present }
            : new SubscriptionInfo(channel, null, null) { Presence = present };
    }

    private bool TryPlaceAtHead(Subscriber subscriber)
    {
        var isAtHead = !space.KeepsLog || (!fanout.Head.IsNone && subscriber.From switch
        {
            StartFrom.LiveEnd => true,
            StartFrom.At at => at.Position == fanout.Head,
            _ => false,
        });
        if (isAtHead)
        {
            Place(subscriber, fanout.Head, space.KeepsLog && subscriber.From is StartFrom.At ? true : null, gap: null);
        }

        return isAtHead;
    }

    private void Place(Subscriber subscriber, StreamPosition position, bool? recovered, GapNotice? gap)
    {
        _joining.Remove(subscriber);
        subscriber.Cursor.Place(gap?.Position ?? position);
        subscriber.Gap = gap;
        subscriber.RosterRevision = presence?.Revision ?? -1;
        if (subscriber.Presence is not null)
        {
            presence?.Show(subscriber, isListening: true);
        }

        var info = Describe(subscriber) with { Recovered = recovered, Gap = gap };
        subscriber.Connection.Tell(new FeedEvent.Joined(subscriber, info), ActorRefs.NoSender);
    }
}
