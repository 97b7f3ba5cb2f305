using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Connections.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Connections;

/// <summary>How a subscriber comes into a feed: its wish becomes a position, the connection is told, and only then its messages begin.</summary>
internal sealed class FeedEntrance(
    ChannelName name, NamespacePolicy space, FeedQuestions questions, FeedDelivery delivery, FeedRoster? roster)
{
    /// <summary>Turns the subscriber's wish into a position: here when it can be told from the head, else by the channel.</summary>
    public void Place(Subscriber subscriber)
    {
        switch (subscriber.Wish)
        {
            case null or StartFrom.LiveEnd:
                Placed(subscriber, delivery.Head, null, null);
                break;
            case var _ when !space.KeepsLog:
                Placed(subscriber, default, null, null);
                break;
            case StartFrom.At at when at.Position == delivery.Head:
                Placed(subscriber, delivery.Head, true, null);
                break;
            default:
                questions.Locate(subscriber, subscriber.Wish);
                break;
        }
    }

    /// <summary>Its position is known: the connection is told, and the subscriber held until that word is out.</summary>
    public void Placed(Subscriber subscriber, StreamPosition position, bool? recovered, GapNotice? gap)
    {
        subscriber.Cursor.Place(position);
        subscriber.Gap = gap;
        subscriber.PresenceRevision = roster?.Revision ?? -1;
        subscriber.Owner.OnJoined(subscriber, Describe(subscriber) with { Recovered = recovered, Gap = gap });
    }

    public SubscriptionInfo Describe(Subscriber subscriber) => space.KeepsLog
        ? new SubscriptionInfo(name, subscriber.Cursor.Position, delivery.Head) { Presence = roster?.Snapshot() }
        : new SubscriptionInfo(name, null, null) { Presence = roster?.Snapshot() };

    /// <summary>For operators; null when it is not here any more.</summary>
    public LiveSubscription? AccountOf(Subscriber subscriber)
    {
        if (subscriber.Index < 0)
        {
            return null;
        }

        var position = subscriber.Cursor.Position;
        return space.KeepsLog
            ? new LiveSubscription(name, position.IsNone ? null : position, delivery.Head, subscriber.Cursor.IsBehind)
            : new LiveSubscription(name, null, null, subscriber.Cursor.IsBehind);
    }

    /// <summary>The word is out: what follows the position may come.</summary>
    public void Begin(FeedInput.Begin begin)
    {
        var subscriber = begin.Subscriber;
        if (subscriber.Index < 0)
        {
            return;
        }

        if (subscriber.Gap is { } gap)
        {
            subscriber.Gap = null;
            subscriber.SendControl(new ServerFrame.Gap(name, gap));
        }

        subscriber.Cursor.Begin(delivery.Head);
        if (begin.WithRoster)
        {
            roster?.SendAnew(subscriber);
        }
        else
        {
            roster?.Refill(subscriber);
        }

        if (subscriber.Cursor.Mode is CursorMode.CatchingUp)
        {
            delivery.ReadOn(subscriber);
        }
    }
}
