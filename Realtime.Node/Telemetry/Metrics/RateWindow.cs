namespace Realtime.Node.Telemetry.Metrics;

/// <summary>Remembers how counts stood over the last seconds, so that rates can be told. Not for several threads.</summary>
internal sealed class RateWindow(TimeSpan width)
{
    private readonly Queue<Sample> _samples = new();

    public void Add(Sample sample)
    {
        _samples.Enqueue(sample);

        // The oldest one that is kept is the first at least as old as the window is wide.
        while (_samples.Count > 2 && sample.At - _samples.ElementAt(1).At >= width)
        {
            _samples.Dequeue();
        }
    }

    /// <summary>What to compare the newest with; null until there are two.</summary>
    public (Sample Before, Sample After)? Span => _samples.Count >= 2 ? (_samples.Peek(), _samples.Last()) : null;

    /// <param name="At">Monotonic.</param>
    public sealed record Sample(TimeSpan At, long Publishes, long Deliveries, long BytesOut, long Errors, long Refused, long[] Latencies);
}
