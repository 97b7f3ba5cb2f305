using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Links;
using Realtime.Cluster.Membership;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>The engine as its shards see it.</summary>
internal sealed class EngineServices(
    ClusterEngine engine, int shards, IReadOnlyDictionary<EntityKind, IEntityKind> kinds, TimeProvider time, ILogger logger) : ShardServices
{
    private readonly ConcurrentDictionary<Incarnation, RemoteReplies> _replies = new();
    private readonly long _started = time.GetTimestamp();
    private long _self;
    private long _lastTag;

    public override Incarnation Self => new(Volatile.Read(ref _self));

    public override NodeId Name => engine.Self;

    public override Standing Standing => engine.Standing;

    public override long Now => (long)time.GetElapsedTime(_started).TotalMilliseconds;

    public override IReadOnlyDictionary<EntityKind, IEntityKind> Kinds => kinds;

    public override ILogger Logger => logger;

    public void Become(Incarnation self) => Volatile.Write(ref _self, self.Value);

    /// <summary>A tag says which shard it is of, so that an answer finds its way without a look-up.</summary>
    public override long NextTag(ShardId shard) => (Interlocked.Increment(ref _lastTag) * shards) + shard.Value;

    public ShardId? ShardOf(long tag) => tag < 0 ? null : new ShardId((int)(tag % shards));

    public override bool IsUp(Incarnation peer) => engine.IsUp(peer);

    public override bool IsMember(Incarnation peer) => engine.View.Find(peer) is not null;

    public override bool IsMember(NodeId node) => engine.View.Find(node) is not null;

    public override bool Send(Incarnation peer, LinkFrame frame) => engine.Send(peer, frame);

    public override RemoteReplies RepliesTo(Incarnation peer) => _replies.GetOrAdd(peer, static (to, node) => new RemoteReplies(to, node.Send), this);

    public override void Doubt(ShardFence right) => engine.Doubt(right);

    public override void Refresh() => engine.Refresh();

    public override void Tell(EntityAddress to, EntityMessage message) => engine.Tell(to, message);

    public override void TellNode(NodeId node, NodeMessage message) => engine.TellNode(node, message);
}
