using System.Diagnostics.Metrics;

namespace Realtime.Node.Telemetry.Metrics;

/// <summary>How this node does as a member of its cluster.</summary>
public sealed class MemberFigures
{
    private static readonly KeyValuePair<string, object?> Ok = new("outcome", "ok");
    private static readonly KeyValuePair<string, object?> Failed = new("outcome", "failed");

    private readonly TimeProvider _time;
    private readonly Histogram<double>? _heartbeat;
    private readonly Histogram<double>? _handOff;
    private long _lastBeat;

    /// <param name="meter">Null: nothing is exported.</param>
    public MemberFigures(TimeProvider? time = null, Meter? meter = null)
    {
        _time = time ?? TimeProvider.System;
        if (meter is null)
        {
            return;
        }

        _heartbeat = meter.CreateHistogram("realtime.heartbeat.duration", "s", "How long the store took for a heartbeat.", advice: Buckets.Seconds);
        meter.CreateObservableGauge("realtime.heartbeat.age", MeasureAge, "s", "Time since the last heartbeat that the store took.");
        meter.CreateObservableCounter("realtime.evictions", () => Evictions.Value, "{node}", "Nodes that this node has declared dead.");
        meter.CreateObservableCounter(
            "realtime.self_fences", SelfFences.Measure, "{event}", "Times this node was not sure of its lease any more, by what it became.");
        meter.CreateObservableCounter("realtime.shards.acquired", () => Acquired.Value, "{shard}", "Free shards that this node has taken.");
        meter.CreateObservableCounter("realtime.shards.handed_off", () => HandedOff.Value, "{shard}", "Shards that this node has given to another.");
        _handOff = meter.CreateHistogram(
            "realtime.shards.handoff.duration", "s", "How long a batch of shards was out of reach while it was given to another node.", advice: Buckets.Seconds);
    }

    public Tally Evictions { get; } = new();

    /// <summary>By <c>frozen</c>, <c>out</c> and <c>dead</c>.</summary>
    public TallyTable<string> SelfFences { get; } = new("standing", ["frozen", "out", "dead"], static standing => standing);

    public Tally Acquired { get; } = new();

    public Tally HandedOff { get; } = new();

    /// <summary>The store has taken a heartbeat.</summary>
    public void Beat(TimeSpan took)
    {
        Interlocked.Exchange(ref _lastBeat, _time.GetTimestamp());
        _heartbeat?.Record(took.TotalSeconds, Ok);
    }

    public void BeatFailed(TimeSpan took) => _heartbeat?.Record(took.TotalSeconds, Failed);

    /// <summary>A batch of shards serves again, here or there.</summary>
    public void HandOffOver(TimeSpan took, int moved, int wanted)
    {
        HandedOff.Add(moved);
        _handOff?.Record(took.TotalSeconds, new KeyValuePair<string, object?>("outcome", moved == 0 ? "failed" : moved < wanted ? "partial" : "moved"));
    }

    /// <summary>Nothing before the first one: a node that is still joining is not late.</summary>
    private IEnumerable<Measurement<double>> MeasureAge() =>
        Interlocked.Read(ref _lastBeat) is not 0 and var last ? [new(_time.GetElapsedTime(last).TotalSeconds)] : [];
}
