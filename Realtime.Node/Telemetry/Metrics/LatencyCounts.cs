using System.Numerics;

namespace Realtime.Node.Telemetry.Metrics;

/// <summary>
/// Counts durations in buckets that grow with the duration, eight to each doubling: a percentile read from them is right to about a tenth, whatever its size
/// (the layout of HdrHistogram).
/// </summary>
internal sealed class LatencyCounts
{
    private const int PerDoubling = 8;
    private const int SubBits = 3;

    private const int Doublings = 30;

    public const int Size = Doublings * PerDoubling;

    /// <summary>Over an hour. What is longer counts as that.</summary>
    public const double LongestMilliseconds = (1L << (Doublings + SubBits - 1)) / 1000.0;

    private readonly long[] _counts = new long[Size];

    public void Add(TimeSpan duration) => Interlocked.Increment(ref _counts[IndexOf((long)duration.TotalMicroseconds)]);

    public void CopyTo(long[] counts)
    {
        for (var i = 0; i < Size; i++)
        {
            counts[i] = Interlocked.Read(ref _counts[i]);
        }
    }

    /// <summary>The duration, in milliseconds, that this share of what was counted between two copies did not exceed; null when nothing was.</summary>
    public static double? Percentile(ReadOnlySpan<long> before, ReadOnlySpan<long> after, double share)
    {
        var total = 0L;
        for (var i = 0; i < Size; i++)
        {
            total += after[i] - before[i];
        }

        var rank = (long)Math.Ceiling(total * share);
        for (var i = 0; i < Size && total > 0; i++)
        {
            rank -= after[i] - before[i];
            if (rank <= 0)
            {
                return UpperOf(i) / 1000.0;
            }
        }

        return null;
    }

    private static int IndexOf(long micros)
    {
        if (micros < PerDoubling)
        {
            return (int)Math.Max(0, micros);
        }

        var doubling = BitOperations.Log2((ulong)micros) - SubBits;
        return Math.Min(((doubling + 1) * PerDoubling) + (int)((micros >> doubling) & (PerDoubling - 1)), Size - 1);
    }

    /// <summary>The first duration, in microseconds, that belongs to the next bucket.</summary>
    private static long UpperOf(int index) => index < PerDoubling
        ? index + 1
        : (long)(PerDoubling + (index % PerDoubling) + 1) << ((index / PerDoubling) - 1);
}
