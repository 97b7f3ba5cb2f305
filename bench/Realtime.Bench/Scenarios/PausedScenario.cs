using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class PausedScenario : IScenario
{
    private const int PauseSeconds = 3;
    private const int Channels = 60;
    private const int Bytes = 16_000;
    private const double Rate = 1_050;
    private const double Mebibyte = 1024 * 1024;

    private static readonly TimeSpan Sample = TimeSpan.FromMilliseconds(100);

    public string Name => "paused";

    public string Question => "A node gets SIGSTOP for three seconds under 50 MB/s of fan-out: how much memory do the others take for it?";

    /// <summary>All channels are on the first node and have a subscriber on each; the third one stops. So two thirds of what is delivered go on.</summary>
    public Task RunAsync(BenchOptions options, Figures figures)
    {
        string[] names = [];
        var run = new ChurnRun("a node stopped for 3 s")
        {
            Sessions = 3 * Channels,
            Channels = Channels,
            Bytes = Bytes,
            Rate = Rate,
            Names = async (bed, count) => names = await bed.ChannelsOnAsync(bed.Nodes[0], ServerRecipes.Short, count),
            Publishers = bed => [bed.Nodes[0]],
        };
        var (grown, paused) = (0.0, 0L);
        return run.RunAsync(
            options,
            figures,
            async (bed, _) =>
            {
                var here = await bed.ChannelsOnAsync(bed.Nodes[0], ServerRecipes.Short, options.Channels ?? Channels);
                if (!here.SequenceEqual(names))
                    throw new BenchFailedException("a channel of the first node is on another one now");
                ServerProcess[] others = [bed.Nodes[0], bed.Nodes[1]];
                var before = await MostAsync(others, TimeSpan.FromSeconds(10));
                paused = LoadClock.Now;
                bed.Nodes[2].Pause();
                var during = await MostAsync(others, TimeSpan.FromSeconds(PauseSeconds));
                bed.Nodes[2].Continue();
                var after = await MostAsync(others, TimeSpan.FromSeconds(10));
                grown = others.Select((_, node) => Math.Max(during[node], after[node]) - before[node]).Max() / Mebibyte;
            },
            (seen, _) =>
            {
                run.Add(figures, "most that another node has grown", "MiB", grown, "≤ 64");
                run.Add(figures, "connections cut", "", seen.Returned);
                run.Add(figures, "until no message came later than 1 s any more", "s", ChurnRun.Seconds(seen.LastTrouble - paused));
            });
    }

    /// <summary>The most resident memory of each.</summary>
    private static async Task<long[]> MostAsync(ServerProcess[] nodes, TimeSpan time)
    {
        var most = new long[nodes.Length];
        for (var until = LoadClock.Now + (long)time.TotalSeconds * LoadClock.Second; LoadClock.Now < until;)
        {
            for (var node = 0; node < nodes.Length; node++)
                most[node] = Math.Max(most[node], nodes[node].ResidentBytes());
            await Task.Delay(Sample, TimeProvider.System);
        }

        return most;
    }
}
