using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

/// <summary>As many messages as keep the given number under way, and how many deliveries a second that makes.</summary>
internal static class WindowLoad
{
    private const int DefaultBytes = 128;
    private const int DefaultSeconds = 10;

    public static async Task<double> MeasureAsync(
        LoadFleet fleet, Func<ProcessorUse> processors, BenchOptions options, Figures figures, string channel, int window, string label, string goal = "")
    {
        var length = TimeSpan.FromSeconds(options.Seconds ?? DefaultSeconds);
        var from = LoadClock.Now + options.WarmUpSeconds * LoadClock.Second;
        var until = from + (long)length.TotalSeconds * LoadClock.Second;
        await fleet.MeasureAsync(from, until, latency: false);
        await fleet.PublishAsync(
            new LoadCommand.PublishByWindow(channel, options.Bytes ?? DefaultBytes, window, until), TimeSpan.FromSeconds(options.WarmUpSeconds) + length);
        var use = processors();
        var deliveries = await fleet.CollectAsync();

        var rate = deliveries.Count / length.TotalSeconds;
        figures.Add($"{label}: deliveries", "1/s", rate, goal);
        figures.Note(label, use.Cores());
        return rate;
    }
}
