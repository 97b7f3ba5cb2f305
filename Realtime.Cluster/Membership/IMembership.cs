using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Membership;

/// <summary>
/// This node's place in the cluster: keeps the lease, watches others, follows the view, takes free shards. What it reports it reports one at
/// a time and in order.
/// </summary>
public interface IMembership
{
    /// <summary>This life; another one after <see cref="IMembershipListener.OnDead"/> and the next <see cref="IMembershipListener.OnJoined"/>.</summary>
    Incarnation Self { get; }

    ClusterView View { get; }

    /// <summary>May be called before any request; costs a clock reading.</summary>
    Standing Standing { get; }

    /// <summary>What to tell peers for their <see cref="PeerSaid"/>: the last heartbeat was committed, and lately.</summary>
    bool Commits { get; }

    /// <summary>Somebody has seen a view of this version: read it, if it is news.</summary>
    void Refresh(long version);

    /// <summary>What a peer says of its own heartbeats, a few times per heartbeat: its <see cref="Commits"/>.</summary>
    void PeerSaid(Incarnation peer, bool commits);

    /// <summary>Gives shards away; the view has the outcome when this completes.</summary>
    /// <returns>What changed; empty when nothing did. Unknown outcomes are looked up before this completes.</returns>
    Task<IReadOnlyList<ShardRow>> HandOffAsync(Incarnation to, IReadOnlyList<ShardFence> shards, CancellationToken cancellation);

    /// <summary>Takes no more shards.</summary>
    Task DrainAsync(CancellationToken cancellation);

    /// <summary>The same, if another node takes them; tried once.</summary>
    /// <exception cref="StoreUnavailableException">It may have been done all the same; the view tells.</exception>
    Task<DrainResult> DrainUnlessLastAsync(CancellationToken cancellation);

    /// <summary>Takes shards again; tried once.</summary>
    /// <returns>False: <see cref="DrainAsync"/> was called, and the process is about to end.</returns>
    /// <exception cref="StoreUnavailableException">It may have been done all the same; the view tells.</exception>
    Task<bool> UndrainAsync(CancellationToken cancellation);

    /// <summary>Declares a node dead.</summary>
    /// <param name="force">False: only if its counter stands still for as long as one who joins under its name would watch it.</param>
    /// <exception cref="StoreUnavailableException">It may have been done all the same; the view tells.</exception>
    Task<EvictResult> EvictAsync(Incarnation victim, bool force, CancellationToken cancellation);

    /// <summary>Leaves the cluster: the rest of the shards are free at once.</summary>
    Task LeaveAsync(CancellationToken cancellation);
}
