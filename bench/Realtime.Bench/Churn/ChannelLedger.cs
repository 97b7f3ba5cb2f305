namespace Realtime.Bench.Churn;

/// <summary>
/// What is known of one channel's log from all who read and write it: which publish stands at which offset. Two of them at one offset, or one at
/// two, and somebody was told something false.
/// </summary>
internal sealed class ChannelLedger(string name)
{
    private long[] _numbers = new long[256];
    private long _first;

    public string Name { get; } = name;

    /// <summary>The highest offset that a publisher was told.</summary>
    public long AcknowledgedHead { get; private set; }

    public long Contradictions { get; private set; }

    public void Delivered(long offset, long number) => Write(offset, number);

    public void Acknowledged(long offset, long number)
    {
        AcknowledgedHead = Math.Max(AcknowledgedHead, offset);
        Write(offset, number);
    }

    /// <summary>Publishes that stand at more than one offset. Asked once, at the end: the whole log is gone through.</summary>
    public long Repeated()
    {
        var seen = new HashSet<long>();
        return _numbers.Count(number => number != 0 && !seen.Add(number));
    }

    private void Write(long offset, long number)
    {
        if (_first == 0)
            _first = offset;
        if (offset < _first)
        {
            // Only an acknowledgement that overtook deliveries makes the beginning move; nothing that was published here is left out.
            var shift = (int)(_first - offset);
            _numbers = [.. new long[shift], .. _numbers];
            _first = offset;
        }

        var index = (int)(offset - _first);
        if (index >= _numbers.Length)
            Array.Resize(ref _numbers, Math.Max(index + 1, _numbers.Length * 2));
        if (_numbers[index] == 0)
            _numbers[index] = number;
        else if (_numbers[index] != number)
            Contradictions++;
    }
}
