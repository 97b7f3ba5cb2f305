namespace Realtime.Bench.Load;

/// <summary>What all load processes saw in one measurement.</summary>
internal sealed class Deliveries
{
    public long Count { get; private set; }

    public LatencyHistogram Latencies { get; } = new();

    public int Lost { get; private set; }

    public int Gaps { get; private set; }

    public int Violations { get; private set; }

    public string? Fault { get; private set; }

    public void Add(LoadEvent.Measured measured)
    {
        Count += measured.Deliveries;
        Latencies.Add(measured.Latencies);
        Lost += measured.Lost;
        Gaps += measured.Gaps;
        Violations += measured.Violations;
        Fault ??= measured.Fault;
    }
}
