using Realtime.Bench.Churn;
using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

/// <summary>
/// Nodes under a steady load of sessions and durable publishes; then something happens to the nodes. What every such run tells: that nothing
/// was lost, and what those who kept their connection felt of it.
/// </summary>
/// <param name="Label">Put before the name of each figure.</param>
internal sealed record ChurnRun(string Label)
{
    private const int DefaultSeconds = 10;
    private const int SettleSeconds = 60;

    private static readonly double[] Shares = [0.5, 0.7, 0.8, 0.9, 0.95, 1];

    public int Nodes { get; init; } = 3;

    public int Sessions { get; init; } = 6_000;

    /// <summary>Enough that hardly a shard has none.</summary>
    public int Channels { get; init; } = 768;

    public int Bytes { get; init; } = 128;

    public double Rate { get; init; } = 2_000;

    /// <summary>Names that many channels.</summary>
    public Func<ClusterBed, int, Task<string[]>> Names { get; init; } =
        (_, count) => Task.FromResult(Enumerable.Range(0, count).Select(number => ServerRecipes.Channel("journal", number)).ToArray());

    public WayBack Way { get; init; } = WayBack.Balancer;

    /// <summary>Those that sessions begin on.</summary>
    public Func<ClusterBed, IEnumerable<ServerProcess>> Homes { get; init; } = bed => bed.Nodes;

    /// <summary>Those that publishers are on and stay on, so that what happens to nodes does not cut them off; null: anywhere.</summary>
    public Func<ClusterBed, IEnumerable<ServerProcess>>? Publishers { get; init; }

    /// <param name="disturb">Does something to the nodes, and returns when its consequences are over.</param>
    /// <param name="conclude">Adds the scenario's own figures, from what the load saw since the moment before the disturbance.</param>
    public Task RunAsync(
        BenchOptions options, Figures figures, Func<ClusterBed, ChurnLoad, Task> disturb, Action<LoadEvent.Churned, long> conclude) =>
        options.Only is { } only && !Label.Contains(only, StringComparison.Ordinal) ? Task.CompletedTask
        : ClusterBed.UseAsync(options, figures, Nodes, Way == WayBack.Gateway, async bed =>
        {
            var sessions = options.Sessions ?? Sessions;
            var (rate, bytes) = (options.Rate ?? Rate, options.Bytes ?? Bytes);
            var channels = await Names(bed, options.Channels ?? Channels);
            figures.Under(FormattableString.Invariant(
                $"{sessions:N0} sessions on 1 of {channels.Length} channels each, and {channels.Length} publishers; {rate:N0} publishes/s of {bytes:N0} bytes in all"));

            await using var load = await ChurnLoad.StartAsync(options);
            await load.ConnectAsync(options, new LoadCommand.Follow(
                sessions, [.. Homes(bed).Select(node => node.Port)], [.. (Publishers ?? Homes)(bed).Select(node => node.Port)], Publishers is not null, Way, bed.Lighthouse?.Port ?? 0, channels,
                options.Concurrency, options.ConnectSeconds));
            await load.MarkAsync();
            await MovesSettledAsync(bed, load, LoadClock.Now);
            await bed.BalancedAsync();
            await load.PublishAsync(rate, bytes);
            await Task.Delay(TimeSpan.FromSeconds(options.WarmUpSeconds), TimeProvider.System);

            var before = await QuietlyAsync(options, figures, bed, load);
            await load.MarkAsync();
            var began = LoadClock.Now;
            await disturb(bed, load);
            var seen = await load.SettleAsync(SettleSeconds);
            figures.Tell($"{Label}, until it was over", LoadAverage());

            conclude(seen, began);
            Tell(figures, "share of channels and when they took publishes", seen.FirstAnswers);
            Tell(figures, "share of sessions that were cut off and when they were back", seen.Returns);
            if (seen.Noticed.Count > 0)
                figures.Tell($"{Label}, handshakes that failed", string.Join(", ", seen.Noticed.Select(fault => $"{fault.Value} × {fault.Key}")));
            var acknowledged = Histogram(seen.AckTimes);
            Add(figures, "a publish until its acknowledgement, p99", "ms", acknowledged.Percentile(0.99));
            Add(figures, "a publish until its acknowledgement, max", "ms", acknowledged.Percentile(1));
            Add(figures, "messages lost", "", seen.LostMessages, "= 0");
            Add(figures, "gaps, and sessions that were not there any more", "", seen.Gaps, "= 0");
            Add(figures, "contradictions between what publishers and subscribers were told", "", seen.Contradictions, "= 0");
            Add(figures, "publishes that were refused for the moment and repeated", "", seen.Refused);
            Add(figures, "publish to delivery before, p99", "ms", before.Percentile(0.99));
            var still = Histogram(seen.Still);
            if (still.Total > 0)
                Add(figures, "those who kept their connection: publish to delivery, p99", "ms", still.Percentile(0.99));
            if (seen.Fault is not null)
                await Console.Error.WriteLineAsync("    first thing wrong: " + seen.Fault);
        });

    /// <summary>What a planned move of connections is judged by.</summary>
    public void AddMoves(Figures figures, LoadEvent.Churned seen, long began)
    {
        Add(figures, "connections moved", "", seen.Moved);
        Add(figures, "connections cut", "", seen.Returned, "= 0");
        if (seen.Moved == 0)
            throw new BenchFailedException("nobody was moved, so nothing was measured");
        Add(figures, "until the last one had moved", "s", Seconds(seen.LastMove - began));
        var (around, whole) = (Histogram(seen.SwitchWaits), Histogram(seen.MovedWaits));
        Add(figures, "longest wait of a message around a change of connection, p99", "ms", around.Percentile(0.99), "≤ 250");
        Add(figures, "longest wait of a message around a change of connection, max", "ms", around.Percentile(1));
        Add(figures, "moved sessions: longest wait of a message in the whole time, p99", "ms", whole.Percentile(0.99));
    }

    public void Add(Figures figures, string name, string unit, double value, string goal = "") =>
        figures.Add($"{Label}: {name}", unit, value, goal);

    public static double Seconds(long nanoseconds) => nanoseconds / (double)LoadClock.Second;

    /// <summary>
    /// Returns when no connection was moved for a while: new sessions are not where they belong, and nodes bring a hundredth of them there each
    /// second.
    /// </summary>
    public static Task MovesSettledAsync(ClusterBed bed, ChurnLoad load, long since)
    {
        const long Calm = 5 * LoadClock.Second;
        return bed.UntilAsync("the connections to be where they belong", async () =>
        {
            var seen = await load.LookAsync();
            return seen.Open == seen.Sessions && LoadClock.Now - Math.Max(since, Math.Max(seen.LastMove, seen.LastTrouble)) > Calm;
        });
    }

    private async Task<LatencyHistogram> QuietlyAsync(BenchOptions options, Figures figures, ClusterBed bed, ChurnLoad load)
    {
        var seconds = options.Seconds ?? DefaultSeconds;
        var processors = bed.Processors(() => load.ProcessorTime);
        await load.MarkAsync();
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);
        var seen = await load.LookAsync();
        figures.Note($"{Label}, before", $"{processors().Cores()}; {LoadAverage()}");
        if (seen.Open != seen.Sessions || seen.Moved + seen.Returned > 0)
        {
            throw new BenchFailedException(
                $"the load was not at rest before anything happened: {seen.Sessions - seen.Open} away, {seen.Moved} moved, {seen.Returned} cut; {seen.Fault}");
        }

        Add(figures, "deliveries before", "1/s", seen.Deliveries / (double)seconds);
        return Histogram(seen.Still);
    }

    private void Tell(Figures figures, string what, Dictionary<int, long> times)
    {
        var histogram = Histogram(times);
        if (histogram.Total == 0)
            return;
        var parts = Shares.Select(share => FormattableString.Invariant($"{share * 100:0} % {histogram.Percentile(share) / 1000:F1} s"));
        figures.Tell($"{Label}, {what}", string.Join(", ", parts));
    }

    private static string LoadAverage() => "load average " + File.ReadAllText("/proc/loadavg").Split(' ')[0];

    private static LatencyHistogram Histogram(IReadOnlyDictionary<int, long> counts)
    {
        var histogram = new LatencyHistogram();
        histogram.Add(counts);
        return histogram;
    }
}
