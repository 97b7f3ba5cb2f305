using System.Diagnostics.Metrics;

namespace Realtime.Node.Telemetry.Metrics;

/// <summary>The bounds of histograms' buckets. They are advice that travels with the instrument, so every exporter uses the same.</summary>
internal static class Buckets
{
    /// <summary>From a commit in memory to a store that is about to be given up, in seconds.</summary>
    public static InstrumentAdvice<double> Seconds { get; } = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    };

    /// <summary>Writes that shared a commit.</summary>
    public static InstrumentAdvice<long> Sizes { get; } = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] };
}
