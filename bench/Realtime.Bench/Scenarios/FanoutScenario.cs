using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class FanoutScenario : IScenario
{
    private const int DefaultSessions = 10_000;
    private const string Goal = "≥ 0.95 × the other";

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
            {
                await WindowLoad.MeasureAsync(
                    bed.Fleet, ProcessorUse.Begin(bed), options, figures, channel, window, $"{label}, {window} under way", Goal);
            }
        });
    }

}
