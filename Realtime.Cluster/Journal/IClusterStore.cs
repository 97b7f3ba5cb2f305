using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal;

/// <summary>
/// The rows that say who is in the cluster and who owns which shard. Every change raises the view's version by one under one row lock,
/// so that changes have one order; each call is one statement, never an open transaction over a round trip (a node stopped in the middle
/// would block its own replacement).
/// </summary>
/// <remarks>
/// All calls but <see cref="Heartbeat"/> throw <see cref="StoreUnavailableException"/> when the store cannot answer; a change that threw
/// may have happened: the next <see cref="ViewAsync"/> tells.
/// </remarks>
public interface IClusterStore
{
    /// <summary>
    /// True: this process holds its node's name by a lock that the operating system releases with the process, so whoever is in the cluster under that
    /// name is dead, and <see cref="JoinAsync"/> takes the name over at once, without having watched it.
    /// </summary>
    bool HoldsName => false;

    /// <summary>Creates the shards when the cluster is new.</summary>
    /// <exception cref="StoreFaultException"><see cref="StoreFault.OtherCluster"/>: the store's cluster has another number of shards or does not speak this protocol.</exception>
    ValueTask FoundAsync(ClusterCharter charter, CancellationToken cancellation = default);

    /// <summary>The living node of that name: a joiner watches it before it takes its place.</summary>
    ValueTask<NodeRow?> FindAsync(NodeId name, CancellationToken cancellation = default);

    /// <summary>
    /// Makes a new incarnation. A living node of the same name is declared dead in the same step, its shards freed, but only when it is the one that
    /// was <paramref name="seen"/> and its heartbeat has not moved since.
    /// </summary>
    ValueTask<JoinResult> JoinAsync(NodeProfile profile, NodeRow? seen, CancellationToken cancellation = default);

    /// <summary>
    /// Moves the own counter and reads the watched ones and the view's version, in one round trip. Blocks: runs on the heartbeat's own
    /// thread and on a connection nothing else ever uses, because whatever else waited there would get a healthy node declared dead.
    /// </summary>
    /// <exception cref="StoreUnavailableException">It may have been committed all the same.</exception>
    HeartbeatResult Heartbeat(HeartbeatRequest request);

    /// <param name="since">0: everything.</param>
    ValueTask<ViewDelta> ViewAsync(long since, CancellationToken cancellation = default);

    /// <summary>
    /// Declares a node dead and frees its shards, if its counter still has the value that was seen and the caller is alive.
    /// Shards whose fence is held by a write under way are skipped; the next <see cref="AcquireAsync"/> takes them.
    /// </summary>
    /// <returns>False: not so any more.</returns>
    ValueTask<bool> EvictAsync(Incarnation self, Incarnation victim, long seenHeartbeat, CancellationToken cancellation = default);

    /// <summary>Takes those of the wanted shards that nobody alive owns. Refused unless the caller is active.</summary>
    ValueTask<ShardGrant> AcquireAsync(Incarnation self, IReadOnlyList<ShardId> wanted, CancellationToken cancellation = default);

    /// <summary>
    /// Gives shards to another node: one compare-and-set of owner and epoch for each; those that do not match stay as they are. Waits for
    /// no writer: a shard whose fence is held is not among the answer's shards, and is tried again. Refused unless <paramref name="to"/> is active.
    /// </summary>
    ValueTask<ShardGrant> HandOffAsync(
        Incarnation self, Incarnation to, IReadOnlyList<ShardFence> shards, CancellationToken cancellation = default);

    /// <summary>Takes no more shards from now on, or takes them again.</summary>
    ValueTask<bool> DrainAsync(Incarnation self, bool draining, CancellationToken cancellation = default);

    /// <summary>
    /// Takes no more shards from now on, if another node takes them. Decided in the statement that writes it: of the last two nodes that ask at once one
    /// is refused. One that drains already goes on, whoever else is there.
    /// </summary>
    ValueTask<DrainResult> DrainUnlessLastAsync(Incarnation self, CancellationToken cancellation = default);

    /// <summary>Leaves: the incarnation is dead, and what it still owned is free.</summary>
    ValueTask LeaveAsync(Incarnation self, CancellationToken cancellation = default);
}
