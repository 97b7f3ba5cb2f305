using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class FanoutScenario : IScenario
{
    private const int DefaultSessions = 10_000;
    private const int DefaultBytes = 128;
    private const int DefaultSeconds = 10;

    public string Name => "fanout";

    public string Question => "How many deliveries per second to one channel's subscribers, with few and with many messages under way?";

    public async Task RunAsync(BenchOptions options, Figures figures)
    {
        if (options.AgainstKestrel)
        {
            await RunAsync(options, figures, "memory", "bare Kestrel loop");
            return;
        }

        foreach (var durability in options.Durabilities is [] ? ServerRecipes.Durabilities : options.Durabilities)
            await RunAsync(options, figures, durability, durability);
    }

    private static Task RunAsync(BenchOptions options, Figures figures, string durability, string label)
    {
        var sessions = options.Sessions ?? DefaultSessions;
        var channel = ServerRecipes.Channel(durability);
        return TestBed.UseAsync(ServerRecipes.For(options), options, sessions, async bed =>
        {
            await bed.Fleet.ConnectAsync(Role.Subscriber, sessions, channel);
            await bed.Fleet.ConnectAsync(Role.Publisher, 1, channel);
            foreach (var window in options.Windows)
                await MeasureAsync(options, figures, bed, channel, window, $"{label}, {window} under way");
        });
    }

    private static async Task MeasureAsync(BenchOptions options, Figures figures, TestBed bed, string channel, int window, string label)
    {
        var length = TimeSpan.FromSeconds(options.Seconds ?? DefaultSeconds);
        var from = LoadClock.Now + options.WarmUpSeconds * LoadClock.Second;
        var until = from + (long)length.TotalSeconds * LoadClock.Second;
        var processors = ProcessorUse.Begin(bed);

        await bed.Fleet.MeasureAsync(from, until, latency: false);
        await bed.Fleet.PublishAsync(
            new LoadCommand.PublishByWindow(channel, options.Bytes ?? DefaultBytes, window, until), TimeSpan.FromSeconds(options.WarmUpSeconds) + length);
        var use = processors();
        var deliveries = await bed.Fleet.CollectAsync();

        figures.Add($"{label}: deliveries", "1/s", deliveries.Count / length.TotalSeconds, window switch { 4 => "≥ 180,000", 32 => "≥ 400,000", _ => "" });
        figures.Note(label, use.Cores());
    }
}
