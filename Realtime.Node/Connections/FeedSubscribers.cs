using Realtime.Node.Connections.Core;

namespace Realtime.Node.Connections;

/// <summary>A feed's subscribers; each knows its place, so that it is taken out without a search.</summary>
internal sealed class FeedSubscribers
{
    /// <summary>Handed to those who walk over it for every message: a list, and nothing in front of it.</summary>
    public List<Subscriber> All { get; } = [];

    public SubscriberCount Count { get; } = new();

    public void Add(Subscriber subscriber)
    {
        subscriber.Index = All.Count;
        All.Add(subscriber);
        subscriber.Cursor.CountIn(Count);
    }

    public void Remove(Subscriber subscriber)
    {
        var last = All[^1];
        All[subscriber.Index] = last;
        last.Index = subscriber.Index;
        All.RemoveAt(All.Count - 1);
        subscriber.Index = -1;
        subscriber.Cursor.CountIn(null);
    }
}
