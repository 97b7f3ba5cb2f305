using Realtime.Cluster.Journal;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>What an entity can ask of the region it lives in.</summary>
public interface IEntityHost
{
    NodeId Self { get; }

    /// <summary>The right to write, of the shard at the epoch the entity was made in. Goes with every write. Null on a single node.</summary>
    ShardFence? Fence { get; }

    /// <summary>Whether such a node is in the cluster now: one that is not will never ask to be forgotten.</summary>
    bool IsMember(NodeId node);

    /// <summary>
    /// The store has refused the fence: somebody else owns the shard, whatever this node's view says. Without this word the next message would make the
    /// entity anew, to be refused again, until the view has caught up.
    /// </summary>
    void Fenced()
    {
    }

    void Tell(EntityAddress to, EntityMessage message);

    void TellNode(NodeId node, NodeMessage message);

    /// <summary>The entity has stopped: forget it, and give what it did not handle to its successor, here or on the next owner, in order.</summary>
    /// <param name="export">What its successor on another node has to know beyond the store; null unless it was asked to hand off.</param>
    void Released(
        EntityAddress address, Entity entity, IReadOnlyList<EntityInput> undelivered, Exception? failure, ReadOnlyMemory<byte>? export);
}
