using System.Diagnostics.Metrics;

namespace Realtime.Node.Telemetry.Metrics;

/// <summary>What becomes of scheduled publishes, on the node that fires them for the cluster.</summary>
public sealed class ScheduleInstruments
{
    private readonly Histogram<double>? _late;
    private long _pending;

    /// <param name="meter">Null: nothing is exported, and everything is counted all the same.</param>
    public ScheduleInstruments(Meter? meter = null)
    {
        Ended = new CounterTable<string>("outcome", ["fired", "refused", "expired", "cancelled", "unknown"], static outcome => outcome);
        if (meter is null)
        {
            return;
        }

        meter.CreateObservableUpDownCounter(
            "realtime.schedules.pending", () => Interlocked.Read(ref _pending), "{schedule}", "Scheduled publishes of the cluster that wait for their time, on the node that fires them; 0 on others.");
        meter.CreateObservableCounter("realtime.schedules.ended", Ended.Measure, "{schedule}", "Scheduled publishes that are over, by what became of them.");
        _late = meter.CreateHistogram("realtime.schedules.late", "s", "From the time that a publish was scheduled for to its publication.", advice: Buckets.Seconds);
    }

    /// <summary>By outcome.</summary>
    public CounterTable<string> Ended { get; }

    public long Pending
    {
        get => Interlocked.Read(ref _pending);
        set => Interlocked.Exchange(ref _pending, value);
    }

    public void Fired(TimeSpan late) => _late?.Record(late.TotalSeconds);
}
