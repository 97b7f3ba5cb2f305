namespace Realtime.Cluster.Journal;

/// <summary>The cluster at one version, from one snapshot.</summary>
/// <param name="Nodes">All nodes that are not dead, ordered by incarnation.</param>
/// <param name="Shards">The shards that changed after the version asked from.</param>
public sealed record ViewDelta(
    long Version, long StoreEpoch, int ShardCount, IReadOnlyList<NodeRow> Nodes, IReadOnlyList<ShardRow> Shards);
