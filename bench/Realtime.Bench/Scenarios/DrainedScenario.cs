using Realtime.Bench.Load;
using Realtime.Bench.Report;

namespace Realtime.Bench.Scenarios;

internal sealed class DrainedScenario : IScenario
{
    public string Name => "drained";

    public string Question => "One of three nodes gets SIGTERM under load: how long until it has gone, and what does a moved session feel?";

    public Task RunAsync(BenchOptions options, Figures figures)
    {
        var ended = 0L;
        return ChurnRun.RunAsync(
            options,
            figures,
            async (bed, load) =>
            {
                var leaving = bed.Nodes[^1];
                // A load balancer sees a node that is not ready any more.
                await load.NodesAsync([.. bed.Ports.Where(port => port != leaving.Port)]);
                var code = await leaving.TerminateAsync(TimeSpan.FromSeconds(options.DrainWindow + 90));
                ended = LoadClock.Now;
                if (code != 0)
                    throw new BenchFailedException($"the drained node ended with {code}");
                await bed.ConnectionsSettledAsync();
            },
            (_, seen, began) =>
            {
                ChurnRun.AddMoves(figures, seen, began);
                figures.Add("until the node had ended", "s", ChurnRun.Seconds(ended - began));
            });
    }
}
