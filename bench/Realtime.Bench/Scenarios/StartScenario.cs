using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class StartScenario : IScenario
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(30);

    public string Name => "start";

    public string Question => "How long from the start of the published program until it says that it is ready?";

    public async Task RunAsync(BenchOptions options, Figures figures)
    {
        // Not counted: it brings the program's files from the disk into memory.
        await using (await ServerProcess.StartAsync(ServerRecipes.Realtime(options)))
        {
        }

        var began = LoadClock.Now;
        await using var server = await ServerProcess.StartAsync(ServerRecipes.Realtime(options));
        figures.Add("start to ready, no store yet", "s", SecondsSince(began), "≤ 2");

        await server.TerminateAsync(StopTime);
        began = LoadClock.Now;
        await server.StartAsync();
        figures.Add("start to ready, a store that is there", "s", SecondsSince(began), "≤ 2");
    }

    private static double SecondsSince(long began) => (LoadClock.Now - began) / (double)LoadClock.Second;
}
