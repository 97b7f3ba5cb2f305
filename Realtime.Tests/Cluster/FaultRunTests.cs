using Realtime.Tests.Cluster.Checking;
using Realtime.Tests.Cluster.Faults;
using Realtime.Tests.Cluster.Load;
using Realtime.Tests.Cluster.Stage;
using Realtime.Tests.Pbm;

namespace Realtime.Tests.Cluster;

/// <summary>Real nodes under load and under faults by a seed; then every promise is checked against what clients saw and what the database holds.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class FaultRunTests
{
    private static readonly StageOptions One = new();
    private static readonly StageOptions Two = new() { Nodes = 2 };
    private static readonly StageOptions Three = new() { Nodes = 3 };
    private static readonly StageOptions WithLighthouses = new() { Nodes = 3, Lighthouses = 2 };

    [Fact]
    public async Task All_faults_on_one_node_and_PostgreSQL_break_no_promise() =>
        await RunAsync(await PostgresStageStore.StartAsync(), One, 11, TimeSpan.FromSeconds(30), FaultKinds.OfOne);

    [Fact]
    public Task A_node_on_a_SQLite_file_that_is_killed_again_and_again_breaks_no_promise() =>
        RunAsync(new SqliteStageStore(), One, 5, TimeSpan.FromSeconds(20), FaultKinds.OnFile);

    [Fact]
    public async Task All_faults_on_three_nodes_break_no_promise() =>
        await RunAsync(await PostgresStageStore.StartAsync(), Three, 11, TimeSpan.FromSeconds(75), FaultKinds.OfSeveral);

    [Fact]
    public async Task The_faults_that_matter_to_two_nodes_break_no_promise() =>
        await RunAsync(await PostgresStageStore.StartAsync(), Two, 29, TimeSpan.FromSeconds(30), FaultKinds.OfTwo);

    [Fact]
    public async Task Lighthouses_that_are_killed_and_restarted_between_other_faults_break_no_promise() =>
        await RunAsync(await PostgresStageStore.StartAsync(), WithLighthouses, 17, TimeSpan.FromSeconds(30), FaultKinds.AroundLighthouses);

    [Fact]
    public async Task A_restart_of_one_lighthouse_and_of_both_at_once_is_noticed_by_no_client()
    {
        var (violations, report) = await FaultRun.RollLighthousesAsync(await PostgresStageStore.StartAsync(), WithLighthouses, new LoadOptions { Restlessness = null }, 3);
        Judged(violations, report);
    }

    /// <summary>As much as somebody has minutes for: see <see cref="FaultWish"/>.</summary>
    [Theory(Explicit = true)]
    [MemberData(nameof(FaultWish.Seeds), MemberType = typeof(FaultWish))]
    public async Task More_faults_break_no_promise(int seed) =>
        await RunAsync(await PostgresStageStore.StartAsync(), FaultWish.Options, seed, FaultWish.Time, FaultWish.Kinds);

    [Fact]
    public Task A_rolling_restart_loses_nothing_leaves_no_gap_and_moves_no_client_more_than_once_per_node() =>
        RollAsync(static async (_, node) => await node.TerminateAsync() ?? -1, static _ => Task.CompletedTask);

    /// <summary>What is drained stays so when it is started again, until it is undrained.</summary>
    [Fact]
    public Task A_rolling_restart_by_an_operator_who_drains_each_node_and_lets_it_leave_is_no_different() => RollAsync(
        static async (stage, node) =>
        {
            // Asked of another node: the operator of a deployment does not care which one answers.
            var other = stage.Nodes.First(other => other != node);
            await PbmAsync(other, $"node drain {node.Name}");
            return await node.EndedAsync(() => PbmAsync(other, $"cluster leave {node.Name} --yes"));
        },
        static node => PbmAsync(node, $"node undrain {node.Name}"));

    private static async Task PbmAsync(StageNode asked, string verb)
    {
        var run = await PbmRun.At(asked.OperatorUrl, static around => around, verb.Split(' '));
        run.Code.ShouldBe(0, $"{verb}: {run.Error}{run.Output}");
    }

    private static async Task RollAsync(Func<ClusterStage, StageNode, Task<int>> end, Func<StageNode, Task> back)
    {
        var (violations, report) = await FaultRun.RollAsync(
            await PostgresStageStore.StartAsync(), Three, new LoadOptions { Restlessness = null }, 3, end, back);
        Judged(violations, report);
    }

    private static async Task RunAsync(StageStore store, StageOptions options, int seed, TimeSpan time, IReadOnlyList<FaultKind> kinds)
    {
        var (violations, report) = await FaultRun.RunAsync(store, options, new LoadOptions(), seed, time, kinds);
        Judged(violations, report);
    }

    /// <summary>The report of a run that broke nothing is worth reading as well: how many publishes, what was done.</summary>
    private static void Judged(IReadOnlyList<Violation> violations, string report)
    {
        TestContext.Current.TestOutputHelper!.WriteLine(report);
        if (Environment.GetEnvironmentVariable("REALTIME_FAULT_REPORTS") is { } folder)
        {
            File.WriteAllText(Path.Combine(folder, $"{TestContext.Current.Test!.TestDisplayName.Split('.')[^1]}.txt"), report);
        }

        violations.ShouldBeEmpty(report);
    }
}
