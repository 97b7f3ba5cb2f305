using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Journal;

/// <summary>Short words for what tests do to a cluster's rows.</summary>
internal static class ClusterSteps
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What a node of that name says of itself; equal for equal names but for the boot.</summary>
    public static NodeProfile Profile(string name, int boot = 1) =>
        new(new NodeId(name), Boot(boot), $"{name}:7000", $"wss://{name}.example.com", "zone-1", 1_000, 1);

    public static Guid Boot(int number) => new(number, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]);

    public static async Task FoundAsync(this IClusterStore store, int shards, int protocol = 1) =>
        await store.FoundAsync(new ClusterCharter(shards, protocol), Cancellation);

    public static async Task<Incarnation> JoinAsync(this IClusterStore store, string name, int boot = 1)
    {
        var joined = await store.JoinAsync(Profile(name, boot), null, Cancellation);
        joined.Incarnation.IsNone.ShouldBeFalse($"{name} did not get in");
        return joined.Incarnation;
    }

    public static async Task<NodeRow?> FindAsync(this IClusterStore store, string name) => await store.FindAsync(new NodeId(name), Cancellation);

    public static HeartbeatResult Beat(this IClusterStore store, Incarnation self, long sequence, int load = 0, int boot = 1, params Incarnation[] watch) =>
        store.Heartbeat(new HeartbeatRequest(self, Boot(boot), sequence, load, watch));

    public static async Task<ViewDelta> ViewAsync(this IClusterStore store) => await store.ViewAsync(0, Cancellation);

    public static async Task<long> VersionAsync(this IClusterStore store) => (await store.ViewAsync(0, Cancellation)).Version;

    public static async Task<ShardGrant> AcquireAsync(this IClusterStore store, Incarnation self, params int[] shards) =>
        await store.AcquireAsync(self, [.. shards.Select(shard => new ShardId(shard))], Cancellation);

    /// <summary>Acquires one shard that must be free.</summary>
    public static async Task<ShardFence> OwnAsync(this IClusterStore store, Incarnation self, int shard)
    {
        var row = (await store.AcquireAsync(self, shard)).Shards.ShouldHaveSingleItem();
        return new ShardFence(row.Shard, row.Epoch, row.Owner);
    }

    public static async Task<ShardGrant> HandOffAsync(this IClusterStore store, Incarnation self, Incarnation to, params ShardFence[] shards) =>
        await store.HandOffAsync(self, to, shards, Cancellation);

    public static async Task<bool> EvictAsync(this IClusterStore store, Incarnation self, Incarnation victim, long seen) =>
        await store.EvictAsync(self, victim, seen, Cancellation);

    public static async Task<ShardRow> ShardAsync(this IClusterStore store, int shard) =>
        (await store.ViewAsync(0, Cancellation)).Shards.Single(row => row.Shard.Value == shard);

    public static IEnumerable<int> Numbers(this IEnumerable<ShardRow> rows) => rows.Select(row => row.Shard.Value).Order();
}
