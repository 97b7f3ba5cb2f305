using System.Numerics;

namespace Realtime.Bench.Load;

/// <summary>
/// Latencies in microseconds, counted in buckets of at most 1.6 % width (64 to each power of two), so that millions of samples from several
/// processes add up to one exact-enough distribution.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 6;

    private readonly long[] _counts = new long[(64 - SubBits) << SubBits];

    public long Total { get; private set; }

    public void Add(long nanoseconds)
    {
        var micros = Math.Max(0, nanoseconds) / 1000;
        _counts[Bucket(micros)]++;
        Total++;
    }

    public void Add(IReadOnlyDictionary<int, long> counts)
    {
        foreach (var (bucket, count) in counts)
        {
            _counts[bucket] += count;
            Total += count;
        }
    }

    public void Clear()
    {
        Array.Clear(_counts);
        Total = 0;
    }

    public Dictionary<int, long> ToCounts()
    {
        var counts = new Dictionary<int, long>();
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            if (_counts[bucket] > 0)
                counts[bucket] = _counts[bucket];
        }

        return counts;
    }

    /// <summary>In milliseconds: the upper edge of the bucket that holds the given share of all samples.</summary>
    public double Percentile(double share)
    {
        if (Total == 0)
            throw new InvalidOperationException("No latencies were measured.");
        var wanted = (long)Math.Ceiling(share * Total);
        var seen = 0L;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= wanted)
                return UpperEdge(bucket) / 1000.0;
        }

        throw new InvalidOperationException("The histogram's total is wrong.");
    }

    private static int Bucket(long micros)
    {
        if (micros < 1 << SubBits)
            return (int)micros;
        var shift = 63 - BitOperations.LeadingZeroCount((ulong)micros) - SubBits;
        return ((shift + 1) << SubBits) + (int)(micros >> shift) - (1 << SubBits);
    }

    private static long UpperEdge(int bucket)
    {
        if (bucket < 1 << SubBits)
            return bucket;
        var shift = (bucket >> SubBits) - 1;
        return (((bucket & ((1 << SubBits) - 1)) + (1L << SubBits) + 1) << shift) - 1;
    }
}
