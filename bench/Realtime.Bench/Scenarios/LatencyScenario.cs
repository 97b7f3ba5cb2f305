using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class LatencyScenario : IScenario
{
    private const int DefaultSessions = 10_000;
    private const int DefaultBytes = 128;
    private const int DefaultSeconds = 20;
    private const double DefaultRate = 5;

    public string Name => "latency";

    public string Question => "How long from publish to delivery at a quiet rate, against a bare Kestrel loop in the same run?";

    public async Task RunAsync(BenchOptions options, Figures figures)
    {
        var bare = await MeasureAsync(options, figures, ServerRecipes.Kestrel, "memory", "bare Kestrel loop");
        if (options.AgainstKestrel)
            return;
        foreach (var durability in options.Durabilities is [] ? ServerRecipes.Durabilities : options.Durabilities)
        {
            var own = await MeasureAsync(options, figures, ServerRecipes.Realtime(options), durability, durability);
            figures.Add($"{durability}: p99 against the bare loop", "×", own / bare, "≤ 1.2");
        }
    }

    private static async Task<double> MeasureAsync(BenchOptions options, Figures figures, ServerRecipe recipe, string durability, string label)
    {
        var sessions = options.Sessions ?? DefaultSessions;
        var channel = ServerRecipes.Channel(durability);
        var latencies = new LatencyHistogram();
        await TestBed.UseAsync(recipe, options, sessions, async bed =>
        {
            await bed.Fleet.ConnectAsync(Role.Subscriber, sessions, channel);
            await bed.Fleet.ConnectAsync(Role.Publisher, 1, channel);
            latencies = await SteadyLoad.MeasureAsync(
                bed.Fleet, ProcessorUse.Begin(bed), options, figures, label, channel, options.Bytes ?? DefaultBytes, options.Rate ?? DefaultRate, options.Seconds ?? DefaultSeconds);
        });

        figures.Add($"{label}: publish to delivery, p50", "ms", latencies.Percentile(0.50));
        figures.Add($"{label}: publish to delivery, p99", "ms", latencies.Percentile(0.99));
        return latencies.Percentile(0.99);
    }
}
