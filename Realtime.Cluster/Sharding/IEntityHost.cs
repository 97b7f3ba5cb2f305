using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>What an entity can ask of the region it lives in.</summary>
public interface IEntityHost
{
    NodeId Self { get; }

    void Tell(EntityAddress to, EntityMessage message);

    void TellNode(NodeId node, NodeMessage message);

    /// <summary>The entity has stopped: forget it, and give what it did not handle to its successor, in order.</summary>
    void Released(EntityAddress address, Entity entity, IReadOnlyList<EntityInput> undelivered, Exception? failure);
}
