using System.Diagnostics.Metrics;

namespace Realtime.Node.Telemetry.Metrics;

/// <summary>What the store does with the writes of this node.</summary>
public sealed class StoreFigures
{
    private readonly Histogram<double>? _duration;
    private readonly Histogram<long>? _size;

    /// <param name="meter">Null: nothing is exported.</param>
    /// <param name="outcomes">What can become of a write, as <c>storage_full</c>.</param>
    public StoreFigures(Meter? meter = null, IEnumerable<string>? outcomes = null)
    {
        Writes = new TallyTable<string>("outcome", outcomes ?? [], static outcome => outcome);
        if (meter is null)
        {
            return;
        }

        _duration = meter.CreateHistogram(
            "realtime.store.commit.duration", "s", "How long a batch of writes took, from its first write to its commit or failure.", advice: Buckets.Seconds);
        _size = meter.CreateHistogram("realtime.store.batch.size", "{write}", "Writes that shared a commit.", advice: Buckets.Sizes);
        meter.CreateObservableCounter("realtime.store.writes", Writes.Measure, "{write}", "Writes of logs and sessions, by outcome.");
    }

    public TallyTable<string> Writes { get; }

    /// <param name="outcome">Of the batch as a whole.</param>
    public void BatchWritten(TimeSpan took, int writes, string outcome)
    {
        _duration?.Record(took.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
        _size?.Record(writes);
    }
}
