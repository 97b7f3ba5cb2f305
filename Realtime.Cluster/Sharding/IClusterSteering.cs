using Realtime.Cluster.Membership;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>
/// What operators see of a node's part in the cluster, and what they may do to it. Whatever concerns a shard is done by its owner, whatever
/// concerns a node by that node, save evicting it: who asks another node than that is told whom to ask.
/// </summary>
public interface IClusterSteering
{
    /// <summary>Raised with every step of the view, in order, on any thread; must not block.</summary>
    event Action<ViewChange>? ViewChanged;

    /// <summary>Raised when the link to a node has come up (true) or was lost, in order for each node, on any thread; must not block.</summary>
    event Action<NodeId, bool>? LinkChanged;

    Standing Standing { get; }

    /// <summary>Hand-offs from this node that are under way.</summary>
    IReadOnlyList<ShardMoving> Moves { get; }

    /// <summary>Shards of this node that operators have moved to it, and that stay though the plan would have them elsewhere.</summary>
    IReadOnlySet<ShardId> Held { get; }

    /// <summary>How long this node still starts no hand-off that only serves balance; null when it is not paused.</summary>
    TimeSpan? PausedFor { get; }

    /// <summary>To every other member.</summary>
    IReadOnlyList<PeerLinkState> Links { get; }

    /// <summary>What this node would hand off next, whether or not it may begin now: what operators asked for first, then what its plan says.</summary>
    IReadOnlyList<PlannedMove> Planned(int limit);

    /// <summary>Where a shard belongs by the plan, by which all nodes go; null when no node takes shards.</summary>
    NodeId? PlannedOwner(ShardId shard);

    /// <summary>
    /// Hands one shard of this node to another one, which keeps it until it drains, dies, or is told to rebalance. Completes when the shard serves again,
    /// there or here. Cancelled before its turn has come, nothing is done; later it goes on.
    /// </summary>
    Task<SteeringResult> MoveAsync(ShardId shard, NodeId to, CancellationToken cancellation);

    /// <summary>Lets go of the shards this node holds, and hands off what belongs elsewhere without waiting for quiet. A pause goes on.</summary>
    SteeringResult RebalanceNow();

    /// <summary>Starts no hand-off that only serves balance for that long, instead of what was said before. Drains and single moves go on.</summary>
    SteeringResult PauseMoves(TimeSpan time);

    SteeringResult ResumeMoves();

    /// <summary>
    /// Takes no more shards and gives away those it has; the process stays, also over a death and its next life. Completes when that is decided; the giving
    /// goes on, see <see cref="EmptiedAsync"/>. The last node that takes shards is refused, by the store, so that two at once cannot both be the last but one.
    /// </summary>
    Task<SteeringResult> DrainAsync(CancellationToken cancellation);

    /// <summary>Completes when a drain is over. True: this node owns nothing, or there is nobody to give anything to. False: it was taken back before that.</summary>
    Task<bool> EmptiedAsync(CancellationToken cancellation);

    /// <summary>Takes shards again, however far the drain has come. What belongs here comes back by the others' plans.</summary>
    Task<SteeringResult> UndrainAsync(CancellationToken cancellation);

    /// <summary>Declares a node dead; its shards are free at once. One that lives is told with its next heartbeat, and joins again.</summary>
    /// <param name="force">False: only a node whose heartbeat stands still, and it is watched for two and a half heartbeats first.</param>
    Task<SteeringResult> EvictAsync(NodeId node, bool force, CancellationToken cancellation);

    /// <summary>How many entities of a kind are in memory on this node.</summary>
    int Resident(EntityKind kind);

    /// <summary>How many of a shard's entities are in memory on this node.</summary>
    (int Sessions, int Channels) ResidentOf(ShardId shard);

    /// <summary>The entities of a kind in memory on this node. Walks while they come and go: one that was there all the time is in it once.</summary>
    IEnumerable<EntityAddress> Residents(EntityKind kind);
}
