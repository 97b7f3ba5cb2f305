using Realtime.Bench.Churn;
using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class DrainedScenario : IScenario
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(90);

    public string Name => "drained";

    public string Question => "One of three nodes is stopped or drained under load: how long does it take, and what does a moved session feel?";

    public async Task RunAsync(BenchOptions options, Figures figures)
    {
        await RunAsync(options, figures, "SIGTERM", async (bed, load, leaving) =>
        {
            // A load balancer sees a node that is not ready any more.
            await load.NodesAsync([.. bed.Ports.Where(port => port != leaving.Port)]);
            await leaving.TerminateAsync(LongestStop);
        });
        await RunAsync(options, figures, "drained by an operator", async (bed, _, leaving) =>
        {
            await bed.Operators.DrainAsync(bed.Nodes[0], ClusterBed.NameOf(leaving));
            await bed.UntilAsync("the node to be empty", async () =>
            {
                var cluster = await bed.Operators.ClusterAsync(bed.Nodes[0]);
                return cluster.Nodes.Single(node => node.Name == ClusterBed.NameOf(leaving)) is { Status: "drained", Connections: 0 };
            });
        });
    }

    private static Task RunAsync(
        BenchOptions options, Figures figures, string label, Func<ClusterBed, ChurnLoad, ServerProcess, Task> empty)
    {
        var run = new ChurnRun(label);
        var ended = 0L;
        return run.RunAsync(
            options,
            figures,
            async (bed, load) =>
            {
                await empty(bed, load, bed.Nodes[^1]);
                ended = LoadClock.Now;
                await ChurnRun.MovesSettledAsync(bed, load, ended);
            },
            (seen, began) =>
            {
                run.AddMoves(figures, seen, began);
                run.Add(figures, "until the node was empty or had ended", "s", ChurnRun.Seconds(ended - began));
            });
    }
}
