using System.Diagnostics;
using Realtime.Tests.Cluster.Checking;
using Realtime.Tests.Cluster.Faults;
using Realtime.Tests.Cluster.Stage;

namespace Realtime.Tests.Cluster.Load;

/// <summary>A cluster under load and under faults, from its start to the verdict.</summary>
internal static class FaultRun
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(60);

    /// <returns>What was violated, and the run in words, for whoever has to find out why.</returns>
    public static async Task<(IReadOnlyList<Violation> Violations, string Report)> RunAsync(
        StageStore store, StageOptions options, LoadOptions loading, int seed, TimeSpan time, IReadOnlyList<FaultKind> kinds)
    {
        await using var stage = await ClusterStage.StartAsync(options, store);
        await using var load = new ClusterLoad(stage, loading, seed);
        var director = new FaultDirector(stage, load.History, seed, kinds);
        await load.StartAsync();
        await director.RunAsync(time);
        await stage.HealAsync();
        return await JudgeAsync(stage, load, director);
    }

    public static async Task<(IReadOnlyList<Violation> Violations, string Report)> JudgeAsync(ClusterStage stage, ClusterLoad load, FaultDirector? director, int? moves = null)
    {
        var healed = Stopwatch.StartNew();
        var late = new List<Violation>();
        var reached = EntityProbe.RunAsync(stage, load.History, healed);
        await ExpectAsync("I5a", late, () => stage.SettledAsync(Settling));
        var settled = healed.Elapsed;
        await reached;
        load.History.Healed = load.History.Now;
        await load.CalmAsync();
        var calm = healed.Elapsed;
        FinalState? final = null;
        await ExpectAsync("I4b", late, () => ClusterStage.UntilAsync(
            async () =>
            {
                final = await stage.Store.FinalAsync();
                return load.IsCaughtUp(final);
            },
            ClusterLoad.Patience,
            "every subscriber to be at the head, and everybody to see everybody"));
        load.History.Ended = load.History.Now;
        foreach (var exit in stage.Members.SelectMany(member => member.Exits))
        {
            load.History.Exited(exit);
        }

        if (stage.LighthouseDoor is { Taken: 0 })
        {
            load.History.Trouble("no client has asked a lighthouse");
        }

        IReadOnlyList<Violation> violations = [.. late, .. moves is { } most ? load.Restless(most) : [], .. HistoryChecker.Check(load.History, final), .. load.Strangers()];
        return (violations, Report(violations, stage, load, director, $"settled after {settled.TotalSeconds:0.0} s, calm after {calm.TotalSeconds:0.0} s, caught up after {healed.Elapsed.TotalSeconds:0.0} s"));
    }

    /// <summary>One node after the other is ended and started again, under load.</summary>
    /// <param name="end">Ends a node, and returns its exit code.</param>
    /// <param name="back">What is to be done when it runs again.</param>
    public static Task<(IReadOnlyList<Violation> Violations, string Report)> RollAsync(
        StageStore store, StageOptions options, LoadOptions loading, int seed, Func<ClusterStage, StageNode, Task<int>> end, Func<StageNode, Task> back) =>
        GentlyAsync(
            store,
            options,
            loading,
            seed,
            async (stage, history) =>
            {
                foreach (var node in stage.Nodes)
                {
                    await RestartAsync(history, [node], rolled => end(stage, rolled));
                    await back(node);
                    await stage.SettledAsync(Settling);
                }
            },
            options.Nodes);

    /// <summary>One lighthouse is restarted, then all of them at once, under load. Clients that are connected notice nothing.</summary>
    public static Task<(IReadOnlyList<Violation> Violations, string Report)> RollLighthousesAsync(StageStore store, StageOptions options, LoadOptions loading, int seed) => GentlyAsync(
        store,
        options,
        loading,
        seed,
        async (stage, history) =>
        {
            foreach (var group in new[] { stage.Lighthouses.Take(1).ToArray(), [.. stage.Lighthouses] })
            {
                await RestartAsync(history, group, static async lighthouse => await lighthouse.TerminateAsync() ?? -1);
                await stage.SettledAsync(Settling);
            }
        },
        0);

    /// <param name="moves">How often one client may be moved for what is done.</param>
    private static async Task<(IReadOnlyList<Violation> Violations, string Report)> GentlyAsync(
        StageStore store, StageOptions options, LoadOptions loading, int seed, Func<ClusterStage, RunHistory, Task> what, int moves)
    {
        await using var stage = await ClusterStage.StartAsync(options, store);
        await using var load = new ClusterLoad(stage, loading, seed, gentle: true);
        await load.StartAsync();
        await what(stage, load.History);
        return await JudgeAsync(stage, load, null, moves);
    }

    /// <param name="end">Ends one of them, and returns its exit code.</param>
    private static async Task RestartAsync(RunHistory history, IReadOnlyList<StageNode> members, Func<StageNode, Task<int>> end)
    {
        var names = string.Join(" and ", members.Select(member => member.Name));
        history.Plan($"roll {names}");
        history.Note(names, "is ended");
        var codes = await Task.WhenAll(members.Select(end));
        if (codes.All(code => code == 0))
        {
            history.TookEffect($"roll {names}");
        }

        await Task.WhenAll(members.Select(member => member.StartAsync()));
        history.Note(names, "is back");
    }

    private static async Task ExpectAsync(string invariant, List<Violation> late, Func<Task> wait)
    {
        try
        {
            await wait();
        }
        catch (TimeoutException e)
        {
            late.Add(new Violation(invariant, e.Message));
        }
    }

    private static string Report(IReadOnlyList<Violation> violations, ClusterStage stage, ClusterLoad load, FaultDirector? director, string times)
    {
        var history = load.History;
        var ends = history.Publications.CountBy(publication => publication.End).OrderBy(end => end.Key);
        var refusals = history.Publications.Where(publication => publication.Reason is not null).CountBy(publication => publication.Reason!);
        var events = history.Streams.SelectMany(stream => stream.Events).CountBy(item => item.GetType().Name);
        return $"""
            {violations.Count} violations
            {string.Join('\n', violations.Take(40))}
            publishes: {string.Join(", ", ends.Select(end => $"{end.Key} {end.Value}"))}; reasons: {string.Join(", ", refusals.Select(reason => $"{reason.Key} {reason.Value}"))}
            streams: {history.Streams.Count}; {string.Join(", ", events.Select(item => $"{item.Key} {item.Value}"))}; sessions lost {history.SessionLosses.Count}, goodbyes {load.Goodbyes}
            answers: {string.Join(", ", history.Answers.Select(answer => $"{answer.Key} {answer.Value}"))}
            probes: the last of {history.Probes.Count} after {history.Probes.Max(probe => probe.Took)?.TotalSeconds:0.0} s; exits: {string.Join(", ", history.Exits)}
            absences: {history.Absences.Count}, presence notices: {string.Join(", ", history.Presence.CountBy(notice => notice.GetType().Name).Select(notice => $"{notice.Key} {notice.Value}"))}
            faults: {string.Join(", ", history.Faults.Select(fault => $"{fault.Key} {fault.Value}"))}
            {times}
            {director?.Log}
            {load.States()}
            {string.Join('\n', history.Notes)}
            {stage.Output}
            """;
    }
}
