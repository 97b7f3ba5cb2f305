using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

/// <summary>Publishers that each keep a number of publishes unanswered: how many a second are acknowledged, and how long one waits.</summary>
internal static class AcknowledgedLoad
{
    private const int DefaultBytes = 128;
    private const int DefaultSeconds = 10;

    /// <summary>One channel for all, then one for each; or as many as the options say.</summary>
    public static int[] ChannelCounts(BenchOptions options) => options.Channels is { } count ? [count] : [1, options.Publishers];

    public static async Task MeasureAsync(TestBed bed, BenchOptions options, Figures figures, int channelCount, string goal)
    {
        var channels = Enumerable.Range(0, channelCount).Select(number => ServerRecipes.Channel("journal", number)).ToArray();
        await bed.Fleet.ConnectAsync(Role.Publisher, options.Publishers, channels);
        var length = TimeSpan.FromSeconds(options.Seconds ?? DefaultSeconds);
        var from = LoadClock.Now + options.WarmUpSeconds * LoadClock.Second;
        var until = from + (long)length.TotalSeconds * LoadClock.Second;
        var processors = ProcessorUse.Begin(bed);
        var published = await bed.Fleet.PublishAsync(
            new LoadCommand.PublishByAck(options.Bytes ?? DefaultBytes, options.InFlight, options.Sequenced, from, until),
            TimeSpan.FromSeconds(options.WarmUpSeconds) + length);
        var use = processors();
        await bed.Fleet.CollectAsync();

        var waits = new LatencyHistogram();
        waits.Add(published.AckTimes);
        var label = $"{options.Publishers} publishers × {options.InFlight}, {channelCount} channel{(channelCount == 1 ? "" : "s")}";
        figures.Note(label, use.Cores());
        figures.Add($"{label}: acknowledged publishes", "1/s", published.Acknowledged / length.TotalSeconds, goal);
        figures.Add($"{label}: acknowledgement, p50", "ms", waits.Percentile(0.50));
        figures.Add($"{label}: acknowledgement, p99", "ms", waits.Percentile(0.99));
    }
}
