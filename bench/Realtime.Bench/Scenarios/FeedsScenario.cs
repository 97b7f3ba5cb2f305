using Realtime.Bench.Churn;
using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class FeedsScenario : IScenario
{
    private const int Feeds = 2_000;

    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(90);

    public string Name => "feeds";

    public string Question => "All channels that one node's sessions listen to are on another one, which is killed or stopped: how long until all are live again?";

    public async Task RunAsync(BenchOptions options, Figures figures)
    {
        await RunAsync(options, figures, "killed", async (bed, load) =>
        {
            await bed.Nodes[2].KillAsync();
            await KilledScenario.AllLiveAsync(load);
        });
        await RunAsync(options, figures, "SIGTERM", async (bed, load) =>
        {
            await bed.Nodes[2].TerminateAsync(LongestStop);
            await bed.UntilAsync("all channels", async () => await load.LookAsync() is { Unwritable: 0 } seen && seen.Open == seen.Sessions);
        });
    }

    private static Task RunAsync(BenchOptions options, Figures figures, string label, Func<ClusterBed, ChurnLoad, Task> disturb)
    {
        var run = new ChurnRun($"{Feeds:N0} feeds of a node that is lost, {label}")
        {
            Sessions = Feeds,
            Channels = Feeds,
            Names = (bed, count) => bed.ChannelsOnAsync(bed.Nodes[2], "journal", count),
            Homes = bed => [bed.Nodes[1]],
            Publishers = bed => [bed.Nodes[1]],
        };
        return run.RunAsync(options, figures, disturb, (seen, began) =>
        {
            run.Add(figures, "until all channels took publishes", "s", ChurnRun.Seconds(seen.AllWritable - began), label == "killed" ? "≤ 15" : "");
            var live = seen.LastTrouble == 0 ? 0 : ChurnRun.Seconds(seen.LastTrouble - began);
            run.Add(figures, "until no message came later than 1 s any more", "s", live, label == "killed" ? "≤ 18" : "");
        });
    }
}
