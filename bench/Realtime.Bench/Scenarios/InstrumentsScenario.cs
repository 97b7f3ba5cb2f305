using System.Diagnostics;
using Realtime.Bench.Report;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Telemetry.Prometheus;
using Realtime.Node.Telemetry.Tracing;

namespace Realtime.Bench.Scenarios;

/// <summary>
/// What one count, one histogram entry and one decision to trace cost, and one scrape: by the processor time of this process, which other programs do not change as they
/// change the clock's.
/// </summary>
internal sealed class InstrumentsScenario : IScenario
{
    private const int Rounds = 5_000_000;

    public string Name => "instruments";

    public string Question => "What does a single count cost, with and without somebody listening?";

    public Task RunAsync(BenchOptions options, Figures figures)
    {
        using var node = new NodeInstruments(
            new MetricLabels { Namespaces = [new("chat", "journal"), new("board", "memory")], Codecs = ["json"] }, TimeProvider.System);
        var delivered = node.Channels.Delivered["chat"];
        Measure(figures, "a count", Rounds, () => delivered.Add(1));
        Measure(figures, "a publish's duration, nobody listening", Rounds, () => node.Channels.PublishAnswered(TimeSpan.FromMilliseconds(2), "journal", "ok"));
        using (var exporter = new PrometheusExporter(node, "bench"))
        {
            Measure(figures, "a publish's duration, scraped", Rounds, () => node.Channels.PublishAnswered(TimeSpan.FromMilliseconds(2), "journal", "ok"));
            Measure(figures, "a scrape", 1000, () => exporter.Scrape(isOpenMetrics: true));
        }

        using var tracing = new NodeTracing("bench", null, 0.01);
        Measure(figures, "whether to trace, nobody listening", Rounds, () => NodeTracing.End(tracing.Publish("chat")));
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == NodeInstruments.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        Measure(figures, "whether to trace, and every hundredth a span", Rounds, () => NodeTracing.End(tracing.Publish("chat")));
        return Task.CompletedTask;
    }

    private static void Measure(Figures figures, string what, int rounds, Action once)
    {
        Repeat(rounds / 10, once);
        var before = Environment.CpuUsage.TotalTime;
        Repeat(rounds, once);
        figures.Add(what, "ns", (Environment.CpuUsage.TotalTime - before).TotalNanoseconds / rounds);
    }

    private static void Repeat(int rounds, Action once)
    {
        for (var i = 0; i < rounds; i++)
            once();
    }
}
