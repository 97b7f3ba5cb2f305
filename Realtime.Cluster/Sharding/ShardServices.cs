using Microsoft.Extensions.Logging;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Links;
using Realtime.Cluster.Membership;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>What the shards of a node share: the node as they see it.</summary>
internal abstract class ShardServices
{
    public abstract Incarnation Self { get; }

    public abstract NodeId Name { get; }

    public abstract Standing Standing { get; }

    /// <summary>Monotonic, milliseconds.</summary>
    public abstract long Now { get; }

    public abstract IReadOnlyDictionary<EntityKind, IEntityKind> Kinds { get; }

    public abstract ILogger Logger { get; }

    public bool MayServe => Standing is Standing.Sure or Standing.Frozen;

    public abstract long NextTag(ShardId shard);

    public abstract bool IsUp(Incarnation peer);

    public abstract bool IsMember(Incarnation peer);

    public abstract bool IsMember(NodeId node);

    public abstract bool Send(Incarnation peer, LinkFrame frame);

    /// <summary>Where answers to a peer's requests go.</summary>
    public abstract RemoteReplies RepliesTo(Incarnation peer);

    /// <summary>The store has refused this fence.</summary>
    public abstract void Doubt(ShardFence right);

    /// <summary>The owner of a shard is not who the view says.</summary>
    public abstract void Refresh();

    public abstract void Tell(EntityAddress to, EntityMessage message);

    public abstract void TellNode(NodeId node, NodeMessage message);
}
