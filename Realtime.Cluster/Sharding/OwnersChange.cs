using Realtime.Cluster.Membership;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>
/// Entities of these shards may no longer know who listens to them or whom they serve: another node owns them, or the link to their owner was
/// reset. Whoever has something announced there announces it again.
/// </summary>
public sealed record OwnersChange(ClusterView View, IReadOnlySet<ShardId> Shards)
{
    public bool Concerns(EntityAddress address) => Shards.Contains(View.ShardOf(address));
}
