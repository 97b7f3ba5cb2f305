using Realtime.Cluster.Journal;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>
/// A shard's entities in one epoch of this node's ownership, and what they can ask for. The fence never changes: an entity that outlives the epoch
/// it was made in goes on writing with the old one, and is refused.
/// </summary>
internal sealed class RegionHost : IEntityHost
{
    private readonly ShardServices _services;

    public RegionHost(ShardFence fence, ShardServices services, Action<RegionHost, RegionRemains> emptied)
    {
        Right = fence;
        _services = services;
        Region = new EntityRegion(services.Kinds, this, remains => emptied(this, remains));
    }

    public EntityRegion Region { get; }

    public ShardFence Right { get; }

    public ShardFence? Fence => Right;

    public NodeId Self => _services.Name;

    public bool IsMember(NodeId node) => _services.IsMember(node);

    public void Fenced() => _services.Doubt(Right);

    public void Tell(EntityAddress to, EntityMessage message) => _services.Tell(to, message);

    public void TellNode(NodeId node, NodeMessage message) => _services.TellNode(node, message);

    public void Released(
        EntityAddress address, Entity entity, IReadOnlyList<EntityInput> undelivered, Exception? failure, ReadOnlyMemory<byte>? export)
    {
        if (failure is not null)
        {
            ShardingLog.EntityFailed(_services.Logger, failure, address.Kind);
        }

        Region.Released(address, entity, undelivered, export);
    }
}
