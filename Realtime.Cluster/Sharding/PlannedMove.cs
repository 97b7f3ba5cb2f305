using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>A hand-off whose turn has not come.</summary>
public sealed record PlannedMove(ShardId Shard, NodeId From, NodeId To);
