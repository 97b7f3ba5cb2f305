using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class ClusterOperatorsScenario : IScenario
{
    private const int DefaultSessions = 50_000;
    private const int Nodes = 3;

    public string Name => "clusteroperators";

    public string Question => "How long does an operator wait for one session of many on three nodes, at the node that holds it and at another?";

    public Task RunAsync(BenchOptions options, Figures figures) => ClusterBed.UseAsync(options, figures, Nodes, false, async bed =>
    {
        var sessions = options.Sessions ?? DefaultSessions;
        figures.Under(FormattableString.Invariant(
            $"{sessions:N0} sessions; {OperatorQuestions.Questions} of them asked for over the API, {OperatorQuestions.Commands} with pbm"));
        var channels = Enumerable.Range(0, options.Channels ?? 200).Select(number => ServerRecipes.Channel("memory", number)).ToArray();
        await using var fleet = await LoadFleet.StartAsync(options, sessions, bed.Ports);
        await fleet.ConnectAsync(Role.Subscriber, sessions, channels);
        using var holder = new OperatorQuestions(bed.Nodes[1], "the node that holds it: ", "≤ 300");
        using var other = new OperatorQuestions(bed.Nodes[0], "another node: ", "≤ 300");
        var ids = await holder.SessionsAsync(ClusterBed.NameOf(bed.Nodes[1]));
        await holder.ShowAsync(ids, figures);
        if (await other.AnswersForAsync(ids[0]))
            await other.ShowAsync(ids, figures);
        else
            figures.Under("a node that does not hold a session names the one that does, and does not ask it");
        await holder.TimeAsync($"a search for a user among all {sessions:N0}", "sessions?user=nobody", figures);
        await holder.TimeAsync("a page of 1,000 sessions", "sessions?limit=1000", figures);
        await holder.TimeAsync("GET cluster", "cluster", figures);
        await fleet.DisconnectAsync(bye: true);
    });
}
