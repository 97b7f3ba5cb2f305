using Realtime.Bench.Churn;
using Realtime.Bench.Load;
using Realtime.Bench.Report;

namespace Realtime.Bench.Scenarios;

internal sealed class KilledScenario : IScenario
{
    private const int DefaultSessions = 1_500;

    /// <summary>Nobody is in trouble any more when nothing was late for this long.</summary>
    private const long Calm = 5 * LoadClock.Second;

    /// <summary>A node is given up after this long: before it nothing need have come late yet, since what is stuck has not come at all.</summary>
    private const long Removal = 10 * LoadClock.Second;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public string Name => "killed";

    public string Question => "A node gets SIGKILL under load: how long until all channels take publishes again and every session is live again?";

    public async Task RunAsync(BenchOptions options, Figures figures)
    {
        await RunAsync(options, figures, "one of three", 3, 2, WayBack.Addresses);
        await RunAsync(options, figures, "the oldest of three", 3, 0, WayBack.Addresses);
        await RunAsync(options, figures, "the younger of two", 2, 1, WayBack.Addresses);
        await RunAsync(options, figures, "the older of two", 2, 0, WayBack.Addresses);
        await RunAsync(options, figures, "one of three, with a lighthouse", 3, 2, WayBack.Gateway);
        await RunAsync(options, figures, "the oldest of three, with a lighthouse", 3, 0, WayBack.Gateway);
    }

    private static Task RunAsync(BenchOptions options, Figures figures, string label, int nodes, int victim, WayBack way)
    {
        var run = new ChurnRun(label) 
        {
            Nodes = nodes,
            Sessions = DefaultSessions,
            Way = way,
            Publishers = bed => bed.Nodes.Where((_, index) => index != victim),
        };
        return run.RunAsync(
            options,
            figures,
            async (bed, load) =>
            {
                await bed.Nodes[victim].KillAsync();
                await AllLiveAsync(load);
            },
            (seen, began) =>
            {
                run.Add(figures, "sessions cut off and resumed", "", seen.Returned);
                run.Add(figures, "until all channels took publishes", "s", ChurnRun.Seconds(seen.AllWritable - began), "≤ 15");
                run.Add(figures, "until those who were cut off were live", "s", ChurnRun.Seconds(seen.LastTroubleOfCut - began), "≤ 18");
                run.Add(figures, "until all sessions were live", "s", ChurnRun.Seconds(seen.LastTrouble - began), "≤ 18");
            });
    }

    public static async Task AllLiveAsync(ChurnLoad load)
    {
        var began = LoadClock.Now;
        while (true)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
            var seen = await load.LookAsync();
            var now = LoadClock.Now;
            if (seen is { Unwritable: 0 } && seen.Open == seen.Sessions && now - seen.LastTrouble > Calm && now - began > Removal + Calm)
                return;
            if (now - began > Patience.TotalSeconds * LoadClock.Second)
            {
                throw new BenchFailedException(
                    $"{Patience.TotalSeconds:F0} s after the kill {seen.Sessions - seen.Open} sessions are away, {seen.Unwritable} channels take no publishes; {seen.Fault}");
            }
        }
    }
}
