using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

/// <summary>Publishers that each keep a number of publishes unanswered: how many a second are acknowledged, and how long one waits.</summary>
internal static class AcknowledgedLoad
{
    private const int DefaultBytes = 128;
    private const int DefaultSeconds = 10;

    public static async Task MeasureAsync(LoadFleet fleet, Func<Func<ProcessorUse>> begin, BenchOptions options, Figures figures, int channelCount, string goal)
    {
        var channels = Enumerable.Range(0, channelCount).Select(number => ServerRecipes.Channel("journal", number)).ToArray();
        await fleet.ConnectAsync(Role.Publisher, options.Publishers, channels);
        var length = TimeSpan.FromSeconds(options.Seconds ?? DefaultSeconds);
        var from = LoadClock.Now + options.WarmUpSeconds * LoadClock.Second;
        var until = from + (long)length.TotalSeconds * LoadClock.Second;
        var processors = begin();
        var published = await fleet.PublishAsync(
            new LoadCommand.PublishByAck(options.Bytes ?? DefaultBytes, options.InFlight, options.Sequenced, from, until),
            TimeSpan.FromSeconds(options.WarmUpSeconds) + length);
        var use = processors();
        await fleet.CollectAsync();

        var waits = new LatencyHistogram();
        waits.Add(published.AckTimes);
        var label = $"{options.Publishers} publishers × {options.InFlight}, {channelCount} channel{(channelCount == 1 ? "" : "s")}";
        figures.Note(label, use.Cores());
        figures.Add($"{label}: acknowledged publishes", "1/s", published.Acknowledged / length.TotalSeconds, goal);
        figures.Add($"{label}: acknowledgement, p50", "ms", waits.Percentile(0.50));
        figures.Add($"{label}: acknowledgement, p99", "ms", waits.Percentile(0.99));
    }
}
