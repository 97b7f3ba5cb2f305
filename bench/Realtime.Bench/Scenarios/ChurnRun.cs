using Realtime.Bench.Churn;
using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

/// <summary>
/// Three nodes under a steady load of sessions and durable publishes; then something happens to the nodes. What every such scenario tells: that nothing
/// was lost, and what those who kept their connection felt of it.
/// </summary>
internal static class ChurnRun
{
    private const int Nodes = 3;
    private const int DefaultSessions = 6_000;
    private const int DefaultChannels = 2_000;
    private const int DefaultBytes = 128;
    private const int DefaultSeconds = 10;
    private const int SettleSeconds = 60;
    private const double DefaultRate = 2_000;

    /// <param name="disturb">Does something to the nodes, and returns when its consequences are over.</param>
    /// <param name="conclude">Adds the scenario's own figures, from what the load saw since the moment before the disturbance.</param>
    public static Task RunAsync(
        BenchOptions options, Figures figures, Func<ClusterBed, ChurnLoad, Task> disturb, Action<ClusterBed, LoadEvent.Churned, long> conclude) =>
        ClusterBed.UseAsync(options, figures, Nodes, async bed =>
        {
            var sessions = options.Sessions ?? DefaultSessions;
            var rate = options.Rate ?? DefaultRate;
            var channels = Enumerable.Range(0, options.Channels ?? DefaultChannels).Select(number => ServerRecipes.Channel("journal", number)).ToArray();
            figures.Under(FormattableString.Invariant(
                $"{sessions:N0} sessions on 1 of {channels.Length} channels each, and {channels.Length} publishers; {rate:N0} durable publishes/s in all"));

            await using var load = await ChurnLoad.StartAsync(options);
            await load.ConnectAsync(options, sessions, bed.Ports, channels);
            await load.PublishAsync(rate, options.Bytes ?? DefaultBytes);
            await Task.Delay(TimeSpan.FromSeconds(options.WarmUpSeconds), TimeProvider.System);

            var before = await QuietlyAsync(options, figures, bed, load);
            await load.MarkAsync();
            var began = LoadClock.Now;
            await disturb(bed, load);
            var seen = await load.SettleAsync(SettleSeconds);

            conclude(bed, seen, began);
            figures.Add("messages lost", "", seen.LostMessages, "= 0");
            figures.Add("gaps, and sessions that were not there any more", "", seen.Gaps, "= 0");
            figures.Add("contradictions between what publishers and subscribers were told", "", seen.Contradictions, "= 0");
            figures.Add("publishes that were refused for the moment and repeated", "", seen.Refused);
            figures.Add("sessions that kept their connection, before: publish to delivery, p50", "ms", before.Percentile(0.50));
            figures.Add("sessions that kept their connection, before: publish to delivery, p99", "ms", before.Percentile(0.99));
            var still = Histogram(seen.Still);
            if (still.Total > 0)
            {
                figures.Add("sessions that kept their connection, during: publish to delivery, p50", "ms", still.Percentile(0.50));
                figures.Add("sessions that kept their connection, during: publish to delivery, p99", "ms", still.Percentile(0.99));
            }

            if (seen.Fault is not null)
                await Console.Error.WriteLineAsync("    first thing wrong: " + seen.Fault);
        });

    /// <summary>What a planned move of connections is judged by.</summary>
    public static void AddMoves(Figures figures, LoadEvent.Churned seen, long began)
    {
        figures.Add("connections moved", "", seen.Moved);
        figures.Add("connections cut", "", seen.Returned, "= 0");
        if (seen.Moved == 0)
            throw new BenchFailedException("nobody was moved, so nothing was measured");
        figures.Add("until the last one had moved", "s", Seconds(seen.LastMove - began));
        var (around, whole) = (Histogram(seen.SwitchWaits), Histogram(seen.MovedWaits));
        figures.Add("moved sessions: longest wait of a message around the change of connection, p99", "ms", around.Percentile(0.99), "≤ 200");
        figures.Add("moved sessions: longest wait of a message around the change of connection, max", "ms", around.Percentile(1));
        figures.Add("moved sessions: longest wait of a message in the whole time, p99", "ms", whole.Percentile(0.99), "≤ 200");
        figures.Add("moved sessions: longest wait of a message in the whole time, max", "ms", whole.Percentile(1));
    }

    public static double Seconds(long nanoseconds) => nanoseconds / (double)LoadClock.Second;

    private static async Task<LatencyHistogram> QuietlyAsync(BenchOptions options, Figures figures, ClusterBed bed, ChurnLoad load)
    {
        var seconds = options.Seconds ?? DefaultSeconds;
        var processors = bed.Processors(() => load.ProcessorTime);
        await load.MarkAsync();
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);
        var seen = await load.LookAsync();
        figures.Note("before", processors().Cores());
        if (seen.Open != seen.Sessions || seen.Moved + seen.Returned > 0)
            throw new BenchFailedException($"the load was not at rest before anything happened: {seen.Sessions - seen.Open} away, {seen.Moved} moved, {seen.Returned} cut; {seen.Fault}");
        figures.Add("deliveries before", "1/s", seen.Deliveries / (double)seconds);
        return Histogram(seen.Still);
    }

    private static LatencyHistogram Histogram(IReadOnlyDictionary<int, long> counts)
    {
        var histogram = new LatencyHistogram();
        histogram.Add(counts);
        return histogram;
    }
}
