using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

/// <summary>
/// Fan-out with nobody listening, then with metrics scraped every 5 s, sent every 10 s and one publish in a hundred traced; twice each, in the order A B B A, so that a machine
/// that slows down does not favour one of them. Processor time per delivery is what to look at: deliveries per second also measure whatever else the machine does.
/// </summary>
internal sealed class MeteredScenario : IScenario
{
    private const int DefaultSessions = 10_000;
    private const int Window = 32;

    public string Name => "metered";

    public string Question => "What do metrics and traces cost on the fan-out path?";

    public async Task RunAsync(BenchOptions options, Figures figures)
    {
        figures.Under("Metrics are scraped every 5 s and sent by OTLP every 10 s, a few times as often as usual; traces at the default ratio of 0.01.");
        foreach (var durability in options.Durabilities is [] ? ["memory"] : options.Durabilities)
        {
            var (plain, metered) = (new List<Cost>(), new List<Cost>());
            foreach (var isMetered in (bool[])[false, true, true, false])
                (isMetered ? metered : plain).Add(await MeasureAsync(options, figures, durability, isMetered));

            figures.Add($"{durability}: deliveries, against nobody listening", "×", metered.Average(cost => cost.Rate) / plain.Average(cost => cost.Rate), "≥ 0.97");
            figures.Add($"{durability}: server's processor time per delivery, against nobody listening", "×",
                metered.Average(cost => cost.Micros) / plain.Average(cost => cost.Micros), "≤ 1.03");
        }
    }

    private static async Task<Cost> MeasureAsync(BenchOptions options, Figures figures, string durability, bool isMetered)
    {
        using var sink = new CollectorSink();
        var recipe = ServerRecipes.Realtime(options);
        if (isMetered)
        {
            recipe = recipe with
            {
                Environment = new Dictionary<string, string>(recipe.Environment)
                {
                    ["REALTIME__TELEMETRY__OTLPENDPOINT"] = sink.Url,
                    ["OTEL_METRIC_EXPORT_INTERVAL"] = "10000",
                },
            };
        }

        var sessions = options.Sessions ?? DefaultSessions;
        var channel = ServerRecipes.Channel(durability);
        var label = $"{durability}, {(isMetered ? "metered and traced" : "nobody listening")}";
        Cost? cost = null;
        await TestBed.UseAsync(recipe, options, sessions, async bed =>
        {
            await bed.Fleet.ConnectAsync(Role.Subscriber, sessions, channel);
            await bed.Fleet.ConnectAsync(Role.Publisher, 1, channel);
            await using var scraper = isMetered ? new Scraper(bed.Server.Port) : null;
            var begun = ProcessorUse.Begin(bed);
            ProcessorUse? use = null;
            var rate = await WindowLoad.MeasureAsync(bed.Fleet, () => use = begun(), options, figures, channel, Window, label);
            if (scraper is { Scrapes: 0 })
                throw new BenchFailedException("Nothing was scraped: the figures would compare nothing with nothing.");
            cost = new Cost(rate, use!.Server.TotalMicroseconds / (rate * use.Elapsed.TotalSeconds));
        });
        figures.Add($"{label}: server's processor time", "µs per delivery", cost!.Micros);
        if (isMetered && sink.Metrics == 0)
            throw new BenchFailedException("Nothing was exported: the figures would compare nothing with nothing.");

        return cost;
    }

    private sealed record Cost(double Rate, double Micros);
}
