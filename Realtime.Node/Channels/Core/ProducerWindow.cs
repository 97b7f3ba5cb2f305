using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Channels.Core;

/// <summary>
/// The last sequence numbers of one producer on one channel. Needed because a client that lost its connection cannot know whether its
/// publish was stored: it repeats it, and must get the first one's position instead of a second message.
/// </summary>
public sealed class ProducerWindow
{
    public const int Slots = 256;

    private readonly Dictionary<long, long> _offsets = [];
    private readonly Queue<long> _order = new();
    private long? _forgotten;

    /// <summary>When it last published, milliseconds since 1970.</summary>
    public long LastAt { get; private set; }

    public static ProducerWindow Restore(ProducerMarks marks)
    {
        var window = new ProducerWindow { _forgotten = marks.Forgotten };
        foreach (var mark in marks.Marks)
        {
            window.Add(mark.Sequence, mark.Offset, marks.LastAt);
        }

        window.LastAt = marks.LastAt;
        return window;
    }

    public ProducerMarks Export(ProducerId producer) =>
        new(producer, LastAt, _forgotten, [.. _order.Select(sequence => new ProducerMarks.Mark(sequence, _offsets[sequence]))]);

    public SequenceVerdict Judge(long sequence, out long offset) =>
        _offsets.TryGetValue(sequence, out offset) ? SequenceVerdict.Known
        : sequence <= _forgotten ? SequenceVerdict.Expired
        : SequenceVerdict.New;

    public void Add(long sequence, long offset, long at)
    {
        if (_offsets.TryAdd(sequence, offset))
        {
            _order.Enqueue(sequence);
        }

        LastAt = Math.Max(LastAt, at);
        while (_order.Count > Slots)
        {
            var oldest = _order.Dequeue();
            _offsets.Remove(oldest);
            _forgotten = Math.Max(_forgotten ?? long.MinValue, oldest);
        }
    }
}
