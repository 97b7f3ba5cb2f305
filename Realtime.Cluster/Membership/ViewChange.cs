using Realtime.Messages.Ids;

namespace Realtime.Cluster.Membership;

/// <summary>One step of the view.</summary>
/// <param name="Shards">Shards whose owner or epoch differs.</param>
public sealed record ViewChange(ClusterView Before, ClusterView After, IReadOnlySet<ShardId> Shards);
