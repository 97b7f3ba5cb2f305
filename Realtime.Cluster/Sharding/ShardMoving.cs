using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>A hand-off under way.</summary>
/// <param name="For">Since its entities were told to stop.</param>
public sealed record ShardMoving(ShardId Shard, NodeId From, NodeId To, TimeSpan For);
