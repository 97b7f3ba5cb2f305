using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class OperatorsScenario : IScenario
{
    private const int DefaultSessions = 15_000;

    public string Name => "operators";

    public string Question => "How long does an operator wait for one session of many, over the API and with pbm?";

    public Task RunAsync(BenchOptions options, Figures figures)
    {
        var sessions = options.Sessions ?? DefaultSessions;
        figures.Under(FormattableString.Invariant(
            $"{sessions:N0} sessions; {OperatorQuestions.Questions} of them asked for over the API, {OperatorQuestions.Commands} with pbm"));
        return TestBed.UseAsync(ServerRecipes.Realtime(options), options, sessions, async bed =>
        {
            var channels = Enumerable.Range(0, options.Channels ?? 200).Select(number => ServerRecipes.Channel("memory", number)).ToArray();
            await bed.Fleet.ConnectAsync(Role.Subscriber, sessions, channels);
            using var questions = new OperatorQuestions(bed.Server, "", "≤ 200");
            await questions.ShowAsync(await questions.SessionsAsync(null), figures);
            await questions.TimeAsync($"a search for a user among all {sessions:N0}", "sessions?user=nobody", figures);
            await questions.TimeAsync("GET cluster", "cluster", figures);
            await bed.Fleet.DisconnectAsync(bye: true);
        });
    }
}
