using Realtime.Bench.Churn;
using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class KilledScenario : IScenario
{
    /// <summary>What the cluster may take beyond the eviction: shards are acquired, owners load, sessions resume.</summary>
    private const double Allowance = 5;

    /// <summary>Nobody is in trouble any more when nothing was late for this long.</summary>
    private const long Calm = 5 * LoadClock.Second;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public string Name => "killed";

    public string Question => "One of three nodes gets SIGKILL under load: how long until every session is live again, against eviction time and crash window?";

    public Task RunAsync(BenchOptions options, Figures figures) => ChurnRun.RunAsync(
        options,
        figures,
        async (bed, load) =>
        {
            await bed.Nodes[^1].KillAsync();
            await AllLiveAsync(load, bed.EvictionTime);
        },
        (bed, seen, began) =>
        {
            var expected = bed.EvictionTime.TotalSeconds + seen.CrashWindow / 1000.0;
            var live = ChurnRun.Seconds(seen.LastTrouble - began);
            figures.Add("sessions cut off and resumed", "", seen.Returned);
            figures.Add("eviction time and crash window", "s", expected);
            figures.Add("until every session was live again", "s", live, FormattableString.Invariant($"≤ {expected + Allowance}"));
            figures.Add("until every session was live again, against eviction time and crash window", "×", live / expected);
        });

    private static async Task AllLiveAsync(ChurnLoad load, TimeSpan evictionTime)
    {
        var began = LoadClock.Now;
        while (true)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
            var seen = await load.LookAsync();
            var now = LoadClock.Now;
            // Before the eviction nothing need have come late yet: what is stuck has not come at all.
            if (seen.Open == seen.Sessions && now - seen.LastTrouble > Calm && now - began > evictionTime.TotalSeconds * LoadClock.Second + Calm)
                return;
            if (now - began > (evictionTime + Patience).TotalSeconds * LoadClock.Second)
                throw new BenchFailedException($"{(evictionTime + Patience).TotalSeconds:F0} s after the kill {seen.Sessions - seen.Open} sessions are still away; {seen.Fault}");
        }
    }
}
