using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

/// <summary>Messages at a steady rate from one publisher to all readers of a channel, and how long each took to reach each of them.</summary>
internal static class SteadyLoad
{
    public static async Task<LatencyHistogram> MeasureAsync(
        LoadFleet fleet, Func<ProcessorUse> processors, BenchOptions options, Figures figures, string label, string channel, int bytes, double rate, int seconds)
    {
        var from = LoadClock.Now + options.WarmUpSeconds * LoadClock.Second;
        var until = from + seconds * LoadClock.Second;
        await fleet.MeasureAsync(from, until, latency: true);
        await fleet.PublishAsync(
            new LoadCommand.PublishByRate(channel, bytes, rate, until), TimeSpan.FromSeconds(options.WarmUpSeconds + seconds));
        figures.Note(label, processors().Cores());
        return (await fleet.CollectAsync()).Latencies;
    }
}
