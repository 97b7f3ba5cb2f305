using Realtime.Messages.Positions;

namespace Realtime.Node.Channels.Core;

/// <summary>The newest committed messages of a log, contiguous, in a ring. A memory log is nothing but this.</summary>
public sealed class RecentMessages
{
    private LogMessage[] _ring = [];
    private int _start;

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Offset of the oldest message here; meaningless when empty.</summary>
    public long First { get; private set; }

    public long Last => First + Count - 1;

    public bool Covers(long offset) => Count > 0 && offset >= First && offset <= Last;

    public LogMessage this[long offset] => _ring[(_start + (int)(offset - First)) & (_ring.Length - 1)];

    public void Add(LogMessage message)
    {
        if (Count == 0)
        {
            First = message.Offset;
        }
        else if (message.Offset != Last + 1)
        {
            throw new InvalidOperationException($"offset {message.Offset} does not follow {Last}");
        }

        if (Count == _ring.Length)
        {
            Grow();
        }

        _ring[(_start + Count) & (_ring.Length - 1)] = message;
        Count++;
        Bytes += message.Size;
    }

    /// <summary>The first offset here whose message is not older; one behind the last when all are. Times never go back along a log.</summary>
    public long FirstSince(long at)
    {
        var (low, high) = (First, Last + 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = this[middle].At < at ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Lets go of everything before an offset.</summary>
    public void TrimBefore(long offset)
    {
        while (Count > 0 && First < offset)
        {
            RemoveFirst();
        }
    }

    /// <summary>Lets go of the oldest until both bounds hold.</summary>
    public void Bound(int count, long bytes)
    {
        while (Count > count || (Bytes > bytes && Count > 1))
        {
            RemoveFirst();
        }
    }

    public List<LogMessage> Slice(long first, int limit, int maxBytes)
    {
        var slice = new List<LogMessage>((int)Math.Min(limit, Last - first + 1));
        long bytes = 0;
        for (var offset = first; offset <= Last && slice.Count < limit; offset++)
        {
            var message = this[offset];
            bytes += message.Size;
            if (slice.Count > 0 && bytes > maxBytes)
            {
                break;
            }

            slice.Add(message);
        }

        return slice;
    }

    /// <summary>The last messages up to an offset that is here, oldest first.</summary>
    public List<LogMessage> SliceBack(long last, int limit, int maxBytes)
    {
        long bytes = 0;
        var first = last + 1;
        while (first > First && last - first + 1 < limit)
        {
            bytes += this[first - 1].Size;
            if (first <= last && bytes > maxBytes)
            {
                break;
            }

            first--;
        }

        return Slice(first, (int)(last - first + 1), int.MaxValue);
    }

    public void Clear()
    {
        _ring = [];
        _start = 0;
        Count = 0;
        Bytes = 0;
    }

    private void RemoveFirst()
    {
        Bytes -= _ring[_start].Size;
        _ring[_start] = null!;
        _start = (_start + 1) & (_ring.Length - 1);
        Count--;
        First++;
    }

    private void Grow()
    {
        var bigger = new LogMessage[Math.Max(8, _ring.Length * 2)];
        for (var i = 0; i < Count; i++)
        {
            bigger[i] = _ring[(_start + i) & (_ring.Length - 1)];
        }

        _ring = bigger;
        _start = 0;
    }
}
