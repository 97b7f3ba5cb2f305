using Realtime.Tests.Cluster.Load;
using Realtime.Tests.Cluster.Stage;

namespace Realtime.Tests.Cluster;

/// <summary>Real nodes under load and under faults by a seed; then every promise is checked against what clients saw and what the database holds.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class FaultRunTests
{
    private const string Delays = "append-delay=0.05:1000,handoff-delay=0.3:300";

    /// <summary>A process that gets no processor for 1.5 s would be declared dead with reason, and a busy machine of two cores does that.</summary>
    private static readonly StageOptions Calm = new() { Heartbeat = TimeSpan.FromMilliseconds(500) };

    /// <summary>What happens to processes and databases in every deployment.</summary>
    private static readonly FaultKind[] Deaths =
        [FaultKind.Kill, FaultKind.LongPause, FaultKind.ShortPause, FaultKind.Restart, FaultKind.Backends, FaultKind.Database];

    [Theory]
    [InlineData(11)]
    [InlineData(29)]
    public Task A_minute_of_deaths_pauses_and_restarts_on_PostgreSQL_breaks_no_promise(int seed) => RunAsync(seed, Deaths);

    /// <summary>With every partition and delay besides. Longer, and harder than a busy machine of two cores bears; for a quiet one.</summary>
    [Theory(Explicit = true)]
    [InlineData(11)]
    [InlineData(13)]
    [InlineData(29)]
    public Task A_minute_of_all_faults_on_PostgreSQL_breaks_no_promise(int seed) => RunAsync(seed, Enum.GetValues<FaultKind>());

    [Fact]
    public async Task Killed_nodes_on_a_shared_SQLite_file_break_no_promise()
    {
        var (violations, report) = await FaultRun.RunAsync(
            new SqliteStageStore(), Calm, new LoadOptions { Publishers = 4, Readers = 6 }, 5, TimeSpan.FromSeconds(20), [FaultKind.Kill]);
        violations.ShouldBeEmpty(report);
    }

    [Fact]
    public async Task A_rolling_restart_loses_nothing_leaves_no_gap_and_moves_nobody_more_than_once_per_node()
    {
        var (violations, report) = await FaultRun.RollAsync(
            await PostgresStageStore.StartAsync(), Calm, new LoadOptions { Restlessness = null }, 3);
        violations.ShouldBeEmpty(report);
    }

    private static async Task RunAsync(int seed, FaultKind[] kinds)
    {
        var (violations, report) = await FaultRun.RunAsync(
            await PostgresStageStore.StartAsync(), Calm with { FaultPoints = Delays }, new LoadOptions(), seed, TimeSpan.FromSeconds(60), kinds);
        violations.ShouldBeEmpty(report);
    }
}
