using Realtime.Cluster.Journal;

namespace Realtime.Node.Channels.Core;

/// <summary>
/// The last sequence numbers of one producer on one channel. Needed because a client that lost its connection cannot know whether its
/// publish was stored: it repeats it, and must get the first one's position instead of a second message.
/// </summary>
public sealed class ProducerWindow
{
    private readonly SortedList<long, ProducerMark> _marks = [];
    private readonly Queue<long> _order = new();
    private long _forgotten = long.MinValue;

    /// <summary>How many marks this producer has made on this log.</summary>
    public long Count { get; private set; }

    public long LastAt { get; private set; }

    /// <summary>Takes back what the store remembers, oldest first.</summary>
    public static ProducerWindow Restore(IEnumerable<ProducerMark> marks)
    {
        var window = new ProducerWindow();
        foreach (var mark in marks)
        {
            window.Add(mark);
        }

        // Older marks were let go of before: what is below the oldest one left can no longer be judged.
        if (window._order.TryPeek(out var oldest) && window._marks[oldest].Count > 0)
        {
            window._forgotten = window._marks.Keys[0] - 1;
        }

        return window;
    }

    /// <summary>What it remembers, oldest first.</summary>
    public IEnumerable<ProducerMark> Marks => _order.Select(sequence => _marks[sequence]);

    public SequenceVerdict Judge(long sequence, out long offset)
    {
        if (_marks.TryGetValue(sequence, out var mark))
        {
            offset = mark.Offset;
            return SequenceVerdict.Known;
        }

        offset = 0;
        return sequence <= _forgotten ? SequenceVerdict.Expired : SequenceVerdict.New;
    }

    public void Add(ProducerMark mark)
    {
        if (_marks.TryAdd(mark.Sequence, mark))
        {
            _order.Enqueue(mark.Sequence);
        }

        Count = mark.Count + 1;
        LastAt = Math.Max(LastAt, mark.At);
        while (_order.Count > ProducerMark.Slots)
        {
            var oldest = _order.Dequeue();
            _marks.Remove(oldest);
            _forgotten = Math.Max(_forgotten, oldest);
        }
    }
}
