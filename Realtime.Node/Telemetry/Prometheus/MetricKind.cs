namespace Realtime.Node.Telemetry.Prometheus;

/// <summary>What a family of series is in the text format.</summary>
internal enum MetricKind
{
    /// <summary>Only grows.</summary>
    Counter = 1,

    Gauge = 2,

    Histogram = 3,
}
