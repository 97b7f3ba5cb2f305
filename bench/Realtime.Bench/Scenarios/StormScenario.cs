using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class StormScenario : IScenario
{
    private const int DefaultSessions = 10_000;

    public string Name => "storm";

    public string Question => "The server is killed and started again: how long until every session is resumed, against as many fresh handshakes?";

    public Task RunAsync(BenchOptions options, Figures figures)
    {
        var sessions = options.Sessions ?? DefaultSessions;
        var channel = ServerRecipes.Channel("journal");
        return TestBed.UseAsync(ServerRecipes.Realtime(options), options, sessions, async bed =>
        {
            // Both measurements begin on a server that has just said it is ready, so that neither has warmer code than the other.
            var fresh = await bed.Fleet.ConnectAsync(Role.Subscriber, sessions, channel);
            await bed.Fleet.ConnectAsync(Role.Publisher, 1, channel);
            await PublishAFewAsync(bed, channel);
            // Of engines that write opened sessions behind: what is resumed below has to be in the store.
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);

            var killed = LoadClock.Now;
            await bed.Server.KillAsync();
            await bed.Server.StartAsync();
            var restarted = LoadClock.Now;
            var processors = ProcessorUse.Begin(bed);
            var resumed = await bed.Fleet.ResumeAsync();
            figures.Note("resumes", processors().Cores());
            if (resumed.Resumed != sessions + 1 || resumed.Recovered != sessions)
                throw new BenchFailedException($"of {sessions + 1} sessions {resumed.Resumed} were resumed, {resumed.Recovered} of {sessions} without a gap");
            await PublishAFewAsync(bed, channel);
            await bed.Fleet.CollectAsync();

            var freshSeconds = Seconds(fresh.Last - fresh.First);
            var resumedSeconds = Seconds(resumed.Last - resumed.First);
            figures.Add($"{sessions:N0} fresh handshakes", "s", freshSeconds);
            figures.Add($"{sessions:N0} resumed and subscribed, from the restarted server's ready", "s", resumedSeconds);
            figures.Add("resumed against fresh", "×", resumedSeconds / freshSeconds);
            figures.Add("kill to ready (process start and recovery of the store)", "s", Seconds(restarted - killed));
            figures.Add("kill to everybody resumed", "s", Seconds(resumed.Last - killed), "≤ 4");
            figures.Add("resumes that had to be tried again", "", resumed.Retries);
        });
    }

    /// <summary>Proves that every session is subscribed: it ends only when each message has reached all of them.</summary>
    private static async Task PublishAFewAsync(TestBed bed, string channel)
    {
        var until = LoadClock.Now + LoadClock.Second;
        await bed.Fleet.MeasureAsync(until, until, latency: false);
        await bed.Fleet.PublishAsync(new LoadCommand.PublishByRate(channel, 128, 5, until), TimeSpan.FromSeconds(1));
    }

    private static double Seconds(long nanoseconds) => nanoseconds / (double)LoadClock.Second;
}
