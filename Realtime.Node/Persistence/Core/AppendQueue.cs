using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Persistence.Core;

/// <summary>Appends that wait for the event under way, and how several of them become one event.</summary>
internal sealed class AppendQueue(LogKind kind, LogLimits limits)
{
    private readonly Queue<LogRequest.Append> _waiting = new();

    public int Count => _waiting.Count;

    public void Add(LogRequest.Append append) => _waiting.Enqueue(append);

    /// <summary>Takes as many as fit into one event; at least one.</summary>
    public (long First, int Count, JournalEvent Body) Take()
    {
        var taken = new List<JournalEvent>();
        var first = _waiting.Peek().Number;
        var messages = 0;
        long bytes = 0;
        while (_waiting.TryPeek(out var next))
        {
            messages += EventSizes.Messages(next.Body);
            bytes += EventSizes.Of(next.Body);
            if (taken.Count > 0 && kind is not LogKind.Session && (messages > limits.EventMessages || bytes > limits.EventBytes))
            {
                break;
            }

            taken.Add(_waiting.Dequeue().Body);
        }

        return (first, taken.Count, taken.Count == 1 ? taken[0] : Merge(taken));
    }

    private JournalEvent Merge(List<JournalEvent> bodies) => kind switch
    {
        LogKind.Channel => new JournalEvent.ChannelAppended(
            [.. bodies.Cast<JournalEvent.ChannelAppended>().SelectMany(body => body.Messages)],
            bodies.Cast<JournalEvent.ChannelAppended>().Max(body => body.Tail)),

        // Each is the whole record: the last one says it all.
        LogKind.Session => bodies[^1],
        _ => new JournalEvent.KeysAppended(bodies.Cast<JournalEvent.KeysAppended>().SelectMany(body => body.Keys)
            .GroupBy(key => key.Key).ToDictionary(key => key.Key, key => key.Last().Value)),
    };
}
