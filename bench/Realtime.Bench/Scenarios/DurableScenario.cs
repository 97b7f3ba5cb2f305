using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class DurableScenario : IScenario
{
    public string Name => "durable";

    public string Question => "How many publishes per second are acknowledged after they are on disk (SQLite), and how long does one wait?";

    public async Task RunAsync(BenchOptions options, Figures figures)
    {
        foreach (var channels in AcknowledgedLoad.ChannelCounts(options))
        {
            var goal = channels switch { 1 => "≥ 100,000", 64 => "≥ 40,000", _ => "" };
            await TestBed.UseAsync(ServerRecipes.Realtime(options), options, options.Publishers, bed =>
                AcknowledgedLoad.MeasureAsync(bed, options, figures, channels, goal));
        }
    }
}
