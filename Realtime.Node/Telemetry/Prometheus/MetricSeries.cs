namespace Realtime.Node.Telemetry.Prometheus;

/// <summary>One series: what was measured under one set of labels.</summary>
internal sealed class MetricSeries(KeyValuePair<string, object?>[] tags, IReadOnlyList<double> bounds)
{
    private readonly long[] _buckets = new long[bounds.Count + 1];
    private double _value;

    public KeyValuePair<string, object?>[] Tags => tags;

    /// <summary>Whether it was measured in this scrape: an observed series that is not any more must not go on standing still.</summary>
    public bool IsSeen { get; set; }

    /// <summary>The value; of a histogram the sum.</summary>
    public double Value => Volatile.Read(ref _value);

    /// <summary>How many were measured up to each bound, and in all.</summary>
    public long[] Cumulated()
    {
        var counts = new long[_buckets.Length];
        var sum = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            sum += Interlocked.Read(ref _buckets[i]);
            counts[i] = sum;
        }

        return counts;
    }

    public void Set(double value) => Volatile.Write(ref _value, value);

    public void Add(double value)
    {
        var seen = Volatile.Read(ref _value);
        while (true)
        {
            var before = Interlocked.CompareExchange(ref _value, seen + value, seen);
            if (before.Equals(seen))
            {
                return;
            }

            seen = before;
        }
    }

    public void Count(double value)
    {
        var i = 0;
        while (i < bounds.Count && value > bounds[i])
        {
            i++;
        }

        Interlocked.Increment(ref _buckets[i]);
        Add(value);
    }

    public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> others)
    {
        if (others.Length != tags.Length)
        {
            return false;
        }

        for (var i = 0; i < tags.Length; i++)
        {
            if (others[i].Key != tags[i].Key || !Equals(others[i].Value, tags[i].Value))
            {
                return false;
            }
        }

        return true;
    }
}
