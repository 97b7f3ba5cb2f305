using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class BusyScenario : IScenario
{
    private const int BusySeconds = 60;

    public string Name => "busy";

    public string Question => "Other programs take every core for a minute: is a healthy node given up?";

    public Task RunAsync(BenchOptions options, Figures figures)
    {
        var run = new ChurnRun("all cores busy") { Sessions = 1_500, Rate = 500 };
        var (givenUp, burners) = (0, 2 * Environment.ProcessorCount);
        figures.Under($"{burners} processes that do nothing else take the cores for {BusySeconds} s");
        return run.RunAsync(
            options,
            figures,
            async (bed, load) =>
            {
                var before = await bed.Operators.ClusterAsync(bed.Nodes[0]);
                using (new Burner(burners))
                    await Task.Delay(TimeSpan.FromSeconds(BusySeconds), TimeProvider.System);
                await bed.BalancedAsync();
                var after = await bed.Operators.ClusterAsync(bed.Nodes[0]);
                givenUp = before.Nodes.Count(node => after.Nodes.All(other => other.Incarnation != node.Incarnation));
                await load.LookAsync();
            },
            (seen, _) =>
            {
                run.Add(figures, "healthy nodes given up", "", givenUp, "= 0");
                run.Add(figures, "connections cut", "", seen.Returned);
            });
    }
}
