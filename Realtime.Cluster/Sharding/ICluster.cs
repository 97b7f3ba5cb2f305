using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>
/// The engine seam: everything above sees the cluster through this and nothing else. The built-in engine and a later one
/// (Akka.NET cluster sharding) are interchangeable behind it.
/// </summary>
public interface ICluster
{
    NodeId Self { get; }

    ClusterView View { get; }

    /// <summary>Raised after the view has changed; on any thread.</summary>
    event Action<ClusterView>? ViewChanged;

    /// <summary>Makes a kind of entity known, before the node starts to serve.</summary>
    void Register(IEntityKind kind);

    /// <summary>Names who takes the messages that entities send to this node, before the node starts to serve.</summary>
    void Register(INodeReceiver receiver);

    /// <summary>Tells an entity, wherever it lives. Messages of one sender to one entity keep their order. Not acknowledged.</summary>
    void Tell(EntityAddress to, EntityMessage message);

    /// <summary>
    /// Asks an entity. The receiver gets at most one answer with the tag it gave, on any thread; none when the entity was lost on the way,
    /// so askers bound their waiting themselves.
    /// </summary>
    void Ask(EntityAddress to, EntityMessage message, IReplyReceiver receiver, long tag);

    /// <summary>Tells a node's receiver. Messages of one sender to one node keep their order. Not acknowledged.</summary>
    void TellNode(NodeId node, NodeMessage message);

    /// <summary>Stops all entities of this node in order: they write what they have to write first.</summary>
    Task LeaveAsync(CancellationToken cancellation);
}
