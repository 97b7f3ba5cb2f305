using Realtime.Messages.Positions;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Channels.Core;

/// <summary>
/// How much history a log holds, so that its limits can be kept without reading it back: runs of messages with their sum of bytes. What
/// was there before this process opened the log is one run of evenly sized messages, so the limit by bytes is exact to one run.
/// </summary>
public sealed class HistoryExtent
{
    /// <summary>Messages per run: the step in which the limit by bytes trims.</summary>
    public const int RunLength = 16;

    private readonly Queue<Run> _runs = new();
    private Run _last;

    public long Head { get; private set; }

    public long Tail { get; private set; } = 1;

    public long Bytes { get; private set; }

    public long Count => Head - Tail + 1;

    public void Open(long head, long tail, long bytes)
    {
        _runs.Clear();
        Head = head;
        Tail = tail;
        Bytes = bytes;
        _last = new Run(head + 1, head, 0);
        if (head >= tail)
        {
            _runs.Enqueue(new Run(tail, head, bytes));
        }
    }

    public void Add(LogMessage message)
    {
        if (_last.Count >= RunLength)
        {
            _runs.Enqueue(_last);
            _last = new Run(message.Offset, message.Offset - 1, 0);
        }

        _last = _last with { Last = message.Offset, Bytes = _last.Bytes + message.Size };
        Head = message.Offset;
        Bytes += message.Size;
    }

    /// <summary>The tail the limits by count and bytes ask for once <paramref name="count"/> messages of <paramref name="bytes"/> are added.</summary>
    public long TailWithin(HistoryLimits limits, int count, long bytes)
    {
        var byCount = Math.Max(Tail, Head + count - limits.Count + 1);
        var tail = Tail;
        var excess = Bytes + bytes - limits.Bytes;
        foreach (var run in _runs)
        {
            if (excess <= 0)
            {
                break;
            }

            var messages = run.Bytes <= excess ? run.Count : (int)Math.Ceiling((double)excess * run.Count / run.Bytes);
            tail = Math.Max(tail, run.First + messages);
            excess -= run.Bytes;
        }

        // By bytes never past the head: the newest run is kept whole, or a message larger than the limit would empty the log.
        return Math.Max(byCount, Math.Min(tail, Math.Max(Tail, Head + 1)));
    }

    public void TrimTo(long tail)
    {
        if (tail <= Tail)
        {
            return;
        }

        while (_runs.TryPeek(out var run) && run.Last < tail)
        {
            Bytes -= run.Bytes;
            _runs.Dequeue();
        }

        if (_runs.TryPeek(out var cut) && cut.First < tail)
        {
            // Only the first run can be cut; a queue cannot replace its head, so the rest goes round once.
            var kept = cut with { First = tail, Bytes = cut.Bytes * (cut.Last - tail + 1) / cut.Count };
            Bytes -= cut.Bytes - kept.Bytes;
            _runs.Dequeue();
            var rest = _runs.ToArray();
            _runs.Clear();
            _runs.Enqueue(kept);
            foreach (var run in rest)
            {
                _runs.Enqueue(run);
            }
        }
        else if (_runs.Count == 0 && _last.First < tail && _last.Count > 0)
        {
            var kept = _last with { First = tail, Bytes = _last.Bytes * (_last.Last - tail + 1) / _last.Count };
            Bytes -= _last.Bytes - kept.Bytes;
            _last = kept;
        }

        Tail = tail;
    }

    private readonly record struct Run(long First, long Last, long Bytes)
    {
        public int Count => (int)(Last - First + 1);
    }
}
