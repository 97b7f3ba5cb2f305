using System.Globalization;
using Realtime.Tests.Cluster.Load;
using Realtime.Tests.Cluster.Stage;
using Realtime.Tests.Pbm;

namespace Realtime.Tests.Cluster;

/// <summary>Real nodes under load and under faults by a seed; then every promise is checked against what clients saw and what the database holds.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class FaultRunTests
{
    private const string Delays = "append-delay=0.05:1000,handoff-delay=0.3:300,news-loss=0.01";

    /// <summary>A process that gets no processor for 1.5 s would be declared dead with reason, and a busy machine of two cores does that.</summary>
    private static readonly StageOptions Calm = new() { Heartbeat = TimeSpan.FromMilliseconds(500) };

    /// <summary>As many as somebody has minutes for.</summary>
    public static TheoryData<int> Seeds() =>
        [.. (Environment.GetEnvironmentVariable("REALTIME_FAULT_SEEDS") ?? "13").Split(',').Select(seed => int.Parse(seed, CultureInfo.InvariantCulture))];

    [Theory]
    [InlineData(11)]
    [InlineData(29)]
    public Task A_minute_of_all_faults_on_PostgreSQL_breaks_no_promise(int seed) => RunAsync(seed);

    [Theory(Explicit = true)]
    [MemberData(nameof(Seeds))]
    public Task More_minutes_of_all_faults_on_PostgreSQL_break_no_promise(int seed) => RunAsync(seed);

    [Fact]
    public async Task Killed_nodes_on_a_shared_SQLite_file_break_no_promise()
    {
        var (violations, report) = await FaultRun.RunAsync(
            new SqliteStageStore(), Calm, new LoadOptions { Publishers = 4, Readers = 6 }, 5, TimeSpan.FromSeconds(20), [FaultKind.Kill]);
        violations.ShouldBeEmpty(report);
    }

    [Fact]
    public Task A_rolling_restart_loses_nothing_leaves_no_gap_and_moves_nobody_more_than_once_per_node() =>
        RollAsync(static (_, node) => node.TerminateAsync());

    [Fact]
    public Task A_rolling_restart_by_an_operator_who_drains_each_node_and_lets_it_leave_is_no_different() => RollAsync(static async (stage, node) =>
    {
        // Asked of another node: the operator of a deployment does not care which one answers. Balance can wait until all nodes are back: otherwise clients would
        // be moved to each of them as it comes, and away again from the next that goes.
        var other = stage.Nodes.First(other => other != node).OperatorUrl;

        // Done only in part, 7, while the node that has come back is not linked to all the others yet.
        await ClusterStage.UntilAsync(async () => await PbmAsync("cluster-sharding pause --for 5m") == 0, TimeSpan.FromSeconds(20), "all nodes to pause their moves");
        (await PbmAsync($"node drain {node.Name}")).ShouldBe(0);
        (await PbmAsync($"cluster leave {node.Name} --yes")).ShouldBe(0);

        async Task<int> PbmAsync(string verb) => (await PbmRun.At(other, static around => around, verb.Split(' '))).Code;

        return await node.EndedAsync();
    });

    private static async Task RollAsync(Func<ClusterStage, StageNode, Task<int>> end)
    {
        var (violations, report) = await FaultRun.RollAsync(
            await PostgresStageStore.StartAsync(), Calm, new LoadOptions { Restlessness = null }, 3, end);
        violations.ShouldBeEmpty(report);
    }

    private static async Task RunAsync(int seed)
    {
        var (violations, report) = await FaultRun.RunAsync(
            await PostgresStageStore.StartAsync(), Calm with { FaultPoints = Delays }, new LoadOptions(), seed, TimeSpan.FromSeconds(60), Enum.GetValues<FaultKind>());
        violations.ShouldBeEmpty(report);
    }
}
