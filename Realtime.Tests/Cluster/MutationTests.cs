using Realtime.Tests.Cluster.Checking;
using Realtime.Tests.Cluster.Load;
using Realtime.Tests.Cluster.Stage;

namespace Realtime.Tests.Cluster;

/// <summary>
/// On demand: one guard is left out, and the suite has to notice. Without the delays inside the critical sections, and the news that are lost, it would not, because
/// the windows are a few milliseconds; the runs of <see cref="FaultRunTests"/> are clean with the same bad luck.
/// </summary>
[Collection(OneClusterAtATime.Name)]
public sealed class MutationTests
{
    private const string Delays = "append-delay=0.3:5000,handoff-delay=0.3:500,news-loss=0.01";
    private const string Fence = "JOIN rt.shard sh ON sh.shard_id = f.shard AND sh.epoch = f.epoch AND sh.owner = f.owner";
    private const string Lock = "ORDER BY sh.shard_id FOR SHARE OF sh";
    private const string HeadCheck = "ELSIF heads[place] IS DISTINCT FROM r_expect[i] THEN";
    private static readonly (string, string) NoFence = (Fence, "JOIN rt.shard sh ON sh.shard_id = f.shard");
    private static readonly (string, string) NoLock = (Lock, "ORDER BY sh.shard_id");
    private static readonly (string, string) WeakLock = (Lock, "ORDER BY sh.shard_id FOR KEY SHARE OF sh");
    private static readonly (string, string) NoHeadCheck = (HeadCheck, "ELSIF false THEN");

    [Fact(Explicit = true)]
    public Task Without_the_fence_the_suite_fails() => FailsAsync("I1", "", NoFence, NoLock);

    [Fact(Explicit = true)]
    public Task With_a_fence_that_looks_and_does_not_lock_the_suite_fails() => FailsAsync("I1", "", NoLock);

    [Fact(Explicit = true)]
    public Task With_a_lock_that_is_too_weak_the_suite_fails() => FailsAsync("I1", "", WeakLock);

    /// <summary>The compare-and-set is the second net: alone it catches nothing that the fence has let through.</summary>
    [Fact(Explicit = true)]
    public Task Without_the_fence_and_the_check_of_heads_the_suite_fails() => FailsAsync("I1", "", NoFence, NoLock, NoHeadCheck);

    [Fact(Explicit = true)]
    public Task When_commits_are_not_waited_for_the_suite_fails() => FailsAsync("I2", ",ack-before-commit");

    [Fact(Explicit = true)]
    public Task Without_the_check_for_gaps_the_suite_fails() => FailsAsync("I4", ",no-gap-check");

    private static async Task FailsAsync(string invariant, string points, params (string Guard, string Instead)[] changes)
    {
        var store = await PostgresStageStore.StartAsync();
        var options = new StageOptions { FaultPoints = Delays + points };
        var (violations, report) = await FaultRun.RunAsync(
            store, options, new LoadOptions(), 6, TimeSpan.FromSeconds(40),
            [FaultKind.Kill, FaultKind.LongPause, FaultKind.Backends, FaultKind.StoreHeld, FaultKind.PeersCut, FaultKind.Restart],
            _ => store.MutateWriteAsync(changes));
        violations.ShouldContain(violation => violation.Invariant.StartsWith(invariant, StringComparison.Ordinal), report);
    }
}
