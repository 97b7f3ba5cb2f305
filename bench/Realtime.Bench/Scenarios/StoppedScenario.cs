using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class StoppedScenario : IScenario
{
    private const int DefaultSessions = 10_000;
    private const int DefaultBytes = 1024;
    private const int DefaultSeconds = 60;
    private const double DefaultRate = 5;

    public string Name => "stopped";

    public string Question => "Do readers that never read their socket delay the others?";

    public async Task RunAsync(BenchOptions options, Figures figures)
    {
        var durability = options.Durabilities is [var chosen, ..] ? chosen : "memory";
        var alone = await MeasureAsync(options, figures, durability, 0);
        var beside = await MeasureAsync(options, figures, durability, options.Stopped);
        figures.Add($"{durability}: p99 beside stopped readers against alone", "×", beside / alone, "≤ 1.2");
    }

    private static async Task<double> MeasureAsync(BenchOptions options, Figures figures, string durability, int stopped)
    {
        var readers = (options.Sessions ?? DefaultSessions) - options.Stopped;
        var channel = ServerRecipes.Channel(durability);
        var label = $"{durability}: {readers:N0} readers beside {stopped} stopped";
        var latencies = new LatencyHistogram();
        await TestBed.UseAsync(ServerRecipes.Realtime(options), options, readers + stopped, async bed =>
        {
            await bed.Fleet.ConnectAsync(Role.Subscriber, readers, channel);
            await bed.Fleet.ConnectAsync(Role.Publisher, 1, channel);
            if (stopped > 0)
            {
                await bed.Fleet.ConnectAsync(Role.Stopped, stopped, channel);
                await bed.Fleet.StopReadingAsync();
            }

            latencies = await SteadyLoad.MeasureAsync(
                bed.Fleet, ProcessorUse.Begin(bed), options, figures, label, channel, options.Bytes ?? DefaultBytes, options.Rate ?? DefaultRate, options.Seconds ?? DefaultSeconds);
        });

        figures.Add($"{label}, p50", "ms", latencies.Percentile(0.50));
        figures.Add($"{label}, p99", "ms", latencies.Percentile(0.99));
        return latencies.Percentile(0.99);
    }
}
