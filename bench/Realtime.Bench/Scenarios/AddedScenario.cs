using Realtime.Bench.Load;
using Realtime.Bench.Report;

namespace Realtime.Bench.Scenarios;

internal sealed class AddedScenario : IScenario
{
    public string Name => "added";

    public string Question => "A fourth node joins under load: how long do publishes and messages wait while shards go to it?";

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
            // Connections follow their sessions after two minutes; here they stay where they are.
            (seen, _) => run.Add(figures, "connections cut", "", seen.Returned, "= 0"));
    }
}
