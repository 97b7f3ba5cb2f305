using Realtime.Bench.Load;
using Realtime.Bench.Report;

namespace Realtime.Bench.Scenarios;

internal sealed class AddedScenario : IScenario
{
    public string Name => "added";

    public string Question => "A fourth node joins under load: how many connections move, how long does it take, and what does a moved session feel?";

    public Task RunAsync(BenchOptions options, Figures figures)
    {
        var run = new ChurnRun("a fourth node");
        return run.RunAsync(
            options,
            figures,
            async (bed, load) =>
            {
                await bed.AddAsync();
                await load.NodesAsync(bed.Ports);
                await bed.BalancedAsync();
                await ChurnRun.MovesSettledAsync(bed, load, LoadClock.Now);
            },
            (seen, began) => run.AddMoves(figures, seen, began));
    }
}
