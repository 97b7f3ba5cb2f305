using Realtime.Messages.Ids;
using Realtime.Messages.Operators;

namespace Realtime.Node.Operations.Records;

/// <summary>What happened to this node, the last thousand.</summary>
internal sealed class EventRing(TimeProvider time)
{
    public const int Kept = 1000;
    private readonly NumberedRing<ClusterEvent> _events = new(Kept);

    public void Add(string what, NodeId? node, string text)
    {
        var now = time.GetUtcNow();
        _events.Add(number => new ClusterEvent(number, now, what, node?.Name, text));
    }

    public EventPage Read(long? after, int limit)
    {
        var page = _events.Read(after, limit, static _ => true);
        return new EventPage(page.Entries, page.Next, page.Missed);
    }
}
