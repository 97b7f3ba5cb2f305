using Realtime.Bench.Report;

namespace Realtime.Bench.Scenarios;

internal sealed class AddedScenario : IScenario
{
    public string Name => "added";

    public string Question => "A fourth node joins under load: how many connections move, how long does it take, and what does a moved session feel?";

    public Task RunAsync(BenchOptions options, Figures figures) => ChurnRun.RunAsync(
        options,
        figures,
        async (bed, load) =>
        {
            await bed.AddAsync();
            await load.NodesAsync(bed.Ports);
            await bed.BalancedAsync();
            await bed.ConnectionsSettledAsync();
        },
        (_, seen, began) => ChurnRun.AddMoves(figures, seen, began));
}
