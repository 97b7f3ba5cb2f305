using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class DurableScenario : IScenario
{
    public string Name => "durable";

    public string Question => "How many publishes per second are acknowledged after they are on disk, and how long does one wait?";

    public async Task RunAsync(BenchOptions options, Figures figures)
    {
        foreach (var channels in new[] { 1, options.Publishers })
            await RunAsync(options, figures, channels);
    }

    private static Task RunAsync(BenchOptions options, Figures figures, int channelCount) =>
        TestBed.UseAsync(ServerRecipes.Realtime(options), options, options.Publishers, bed =>
            AcknowledgedLoad.MeasureAsync(bed.Fleet, () => ProcessorUse.Begin(bed), options, figures, channelCount, "≥ 8,000"));
}
