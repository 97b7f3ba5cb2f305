using System.Diagnostics;

namespace Realtime.Bench.Load;

/// <summary>CLOCK_MONOTONIC in nanoseconds: on Linux the same in every process of the machine, so that stamps can be compared between them.</summary>
internal static class LoadClock
{
    public const long Millisecond = 1_000_000;
    public const long Second = 1_000_000_000;

    public static long Now => Stopwatch.Frequency == Second
        ? Stopwatch.GetTimestamp()
        : throw new PlatformNotSupportedException("The load generator needs Linux: its clock counts nanoseconds there.");
}
