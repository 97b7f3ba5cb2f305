using Realtime.Cluster.Membership;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>
/// The engine seam: everything above sees the cluster through this and nothing else. The built-in engines and a later one
/// (Akka.NET cluster sharding) are interchangeable behind it.
/// </summary>
public interface ICluster
{
    NodeId Self { get; }

    ClusterView View { get; }

    /// <summary>Raised after owners have changed, in order, on any thread; must not block.</summary>
    event Action<OwnersChange>? OwnersChanged;

    /// <summary>Raised when <see cref="Standing"/> has changed.</summary>
    event Action<Standing>? StandingChanged;

    Standing Standing { get; }

    /// <summary>Makes a kind of entity known, before the node starts to serve.</summary>
    void Register(IEntityKind kind);

    /// <summary>Names who takes the messages that entities send to this node, before the node starts to serve.</summary>
    void Register(INodeReceiver receiver);

    /// <summary>Names who answers inquiries, before the node starts to serve.</summary>
    void Register(IInquiryReceiver receiver);

    /// <summary>Whether the entity lives on this node, as far as it knows.</summary>
    bool Owns(EntityAddress address);

    /// <summary>Tells an entity, wherever it lives. Messages of one sender to one entity keep their order. Not acknowledged.</summary>
    void Tell(EntityAddress to, EntityMessage message);

    /// <summary>
    /// Asks an entity. The receiver gets at most one answer with the tag it gave, on any thread; none when the entity was lost on the way,
    /// so askers bound their waiting themselves.
    /// </summary>
    void Ask(EntityAddress to, EntityMessage message, IReplyReceiver receiver, long tag);

    /// <summary>Tells a node's receiver. Messages of one sender to one node keep their order. Not acknowledged; what is lost with a link is made good by announcing again.</summary>
    void TellNode(NodeId node, NodeMessage message);

    /// <summary>
    /// Asks the receiver of a node, for operators; this one directly. Few at a time and at most 1 MiB each way; they go with what clients say, behind
    /// what the cluster needs. Whoever asks bounds the waiting.
    /// </summary>
    /// <exception cref="NodeUnreachableException">Not a member, no link, or the link was lost before the answer.</exception>
    /// <exception cref="InquiryRefusedException">Too long, too many at once, or the node has no answer.</exception>
    Task<ReadOnlyMemory<byte>> InquireAsync(NodeId node, ReadOnlyMemory<byte> question, CancellationToken cancellation);

    /// <summary>Gives all shards to other nodes and takes no more, to leave; requests go on being routed. Completes at once when there is nobody else.</summary>
    Task DrainAsync(CancellationToken cancellation);

    /// <summary>Stops all entities of this node in order (they write what they have to write first) and leaves the cluster.</summary>
    Task LeaveAsync(CancellationToken cancellation);
}
