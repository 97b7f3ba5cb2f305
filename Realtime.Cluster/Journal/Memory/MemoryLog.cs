using Realtime.Messages.Positions;

namespace Realtime.Cluster.Journal.Memory;

/// <summary>One channel's messages and marks.</summary>
internal sealed class MemoryLog(LogId id)
{
    private const int CompactAfter = 64;
    private readonly SortedDictionary<string, SortedDictionary<int, ProducerMark>> _marks = new(StringComparer.Ordinal);
    private readonly List<LogMessage> _messages = [];

    /// <summary>Entries at the front of the list that are below the tail already.</summary>
    private int _dropped;
    private long _bytes;

    public LogId Id => id;

    public long Head { get; private set; }

    public long Tail { get; private set; } = 1;

    public OpenLog Open(Epoch epoch, long marksSince)
    {
        Forget(marksSince);
        var marks = new List<ProducerMark>();
        foreach (var slots in _marks.Values)
        {
            marks.AddRange(slots.Values);
        }

        return new OpenLog(id, epoch, Head, Tail, _bytes, marks);
    }

    /// <returns>False when the head is another one; nothing has changed then.</returns>
    public bool Append(AppendRequest request)
    {
        if (request.ExpectedHead != Head)
        {
            return false;
        }

        foreach (var message in request.Messages)
        {
            _messages.Add(message);
            _bytes += message.Size;
        }

        Head += request.Messages.Count;
        foreach (var mark in request.Marks)
        {
            if (!_marks.TryGetValue(mark.Producer.Value, out var slots))
            {
                _marks.Add(mark.Producer.Value, slots = []);
            }

            slots[mark.Slot] = mark;
        }

        if (request.Tail is { } tail)
        {
            Trim(tail);
        }

        return true;
    }

    public LogSlice Read(long after, int limit, int maxBytes)
    {
        var messages = new List<LogMessage>();
        long bytes = 0;
        for (var offset = Math.Max(after + 1, Tail); offset <= Head && messages.Count < limit; offset++)
        {
            var message = At(offset);
            bytes += message.Payload.Length;
            if (messages.Count > 0 && bytes > maxBytes)
            {
                break;
            }

            messages.Add(message);
        }

        return new LogSlice(Head, Tail, messages);
    }

    /// <summary>Null when nothing is kept.</summary>
    public long? OldestAt => Tail <= Head ? At(Tail).At : null;

    public long OffsetBefore(long at) => TimeSearch.OffsetBefore(Tail, Head, at, offset => At(offset).At);

    private LogMessage At(long offset) => _messages[_dropped + (int)(offset - Tail)];

    private void Trim(long tail)
    {
        for (; Tail < tail; Tail++)
        {
            _bytes -= _messages[_dropped].Size;
            _dropped++;
        }

        // Moving the rest down for every single message would make a full history quadratic.
        if (_dropped >= CompactAfter && _dropped * 2 >= _messages.Count)
        {
            _messages.RemoveRange(0, _dropped);
            _dropped = 0;
        }
    }

    private void Forget(long before)
    {
        foreach (var (producer, slots) in _marks.ToArray())
        {
            foreach (var (slot, mark) in slots.ToArray())
            {
                if (mark.At < before)
                {
                    slots.Remove(slot);
                }
            }

            if (slots.Count == 0)
            {
                _marks.Remove(producer);
            }
        }
    }
}
