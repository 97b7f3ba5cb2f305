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

    /// <summary>Null until a second number comes: the producer of an idempotency key has one only, and there may be very many.</summary>
    private Several? _several;
    private ProducerMarks.Mark? _only;
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

    public ProducerMarks Export(ProducerId producer) => new(
        producer,
        LastAt,
        _forgotten,
        _several is { } several ? [.. several.Order.Select(sequence => new ProducerMarks.Mark(sequence, several.Offsets[sequence]))] : _only is { } only ? [only] : []);

    public SequenceVerdict Judge(long sequence, out long offset)
    {
        offset = 0;
        if (_several is { } several ? several.Offsets.TryGetValue(sequence, out offset) : _only?.Sequence == sequence)
        {
            offset = _several is null ? _only!.Value.Offset : offset;
            return SequenceVerdict.Known;
        }

        return sequence <= _forgotten ? SequenceVerdict.Expired : SequenceVerdict.New;
    }

    public void Add(long sequence, long offset, long at)
    {
        LastAt = Math.Max(LastAt, at);
        if (_several is null && (_only is null || _only.Value.Sequence == sequence))
        {
            _only ??= new ProducerMarks.Mark(sequence, offset);
            return;
        }

        var several = _several ??= new Several(_only!.Value);
        if (several.Offsets.TryAdd(sequence, offset))
        {
            several.Order.Enqueue(sequence);
        }

        while (several.Order.Count > Slots)
        {
            var oldest = several.Order.Dequeue();
            several.Offsets.Remove(oldest);
            _forgotten = Math.Max(_forgotten ?? long.MinValue, oldest);
        }
    }

    private sealed class Several
    {
        public Several(ProducerMarks.Mark first)
        {
            Offsets.Add(first.Sequence, first.Offset);
            Order.Enqueue(first.Sequence);
        }

        public Dictionary<long, long> Offsets { get; } = [];

        public Queue<long> Order { get; } = new();
    }
}
