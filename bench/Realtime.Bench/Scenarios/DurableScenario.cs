using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class DurableScenario : IScenario
{
    private const int DefaultBytes = 128;
    private const int DefaultSeconds = 10;

    public string Name => "durable";

    public string Question => "How many publishes per second are acknowledged after they are on disk, and how long does one wait?";

    public async Task RunAsync(BenchOptions options, Figures figures)
    {
        foreach (var channels in new[] { 1, options.Publishers })
            await RunAsync(options, figures, channels);
    }

    private static Task RunAsync(BenchOptions options, Figures figures, int channelCount)
    {
        var channels = Enumerable.Range(0, channelCount).Select(number => ServerRecipes.Channel("journal", number)).ToArray();
        return TestBed.UseAsync(ServerRecipes.Realtime(options), options, options.Publishers, async bed =>
        {
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
            figures.Add($"{label}: acknowledged publishes", "1/s", published.Acknowledged / length.TotalSeconds, "≥ 8,000");
            figures.Add($"{label}: acknowledgement, p50", "ms", waits.Percentile(0.50));
            figures.Add($"{label}: acknowledgement, p99", "ms", waits.Percentile(0.99));
        });
    }
}
