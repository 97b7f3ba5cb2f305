using Microsoft.Extensions.Logging;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership.Core;
using Realtime.Cluster.Telemetry.Metrics;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Membership;

/// <summary>
/// What a living node does to the cluster's rows besides its heartbeats: reads them, evicts the silent, takes what is free, gives away. Called by one
/// at a time. The store's exceptions pass through: what they leave open the next view tells.
/// </summary>
internal sealed class Caretaker(IClusterStore store, Seat seat, MembershipTimers timers, TimeProvider time, ILogger logger, MemberFigures figures)
{
    /// <summary>Node rows (loads) change without a new version: read them every so often all the same.</summary>
    private readonly TimeSpan _refreshEvery = timers.Heartbeat * 3;
    private readonly Claims _claims = new(timers);
    private Placement? _placement;
    private TimeSpan _readAt;

    public async Task FollowAsync(CancellationToken cancellation)
    {
        if (seat.IsBehind || seat.Now - _readAt >= _refreshEvery)
        {
            await ReadAsync(cancellation);
        }
    }

    public async Task EvictAsync(CancellationToken cancellation)
    {
        var self = seat.Self;
        foreach (var silence in seat.Silent())
        {
            var node = seat.View.Find(silence.Victim)?.Profile.Name;

            var evicted = await store.EvictAsync(self, silence.Victim, silence.Heartbeat, cancellation);
            seat.NotSilent(self, silence.Victim);
            if (evicted)
            {
                figures.Evictions.Add(1);
                MembershipLog.PeerEvicted(logger, node, silence.Victim, silence.Heartbeat, silence.For, silence.Commits);
            }

            await ReadAsync(cancellation);
        }
    }

    public async Task AcquireAsync(CancellationToken cancellation)
    {
        var (self, view) = (seat.Self, seat.View);
        _placement = _placement?.For(view) ?? Placement.Of(view);
        var wanted = _claims.Wanted(view, _placement, self, seat.Now);
        if (wanted.Count == 0 || !seat.MayChangeOwners)
        {
            return;
        }

        var grant = await store.AcquireAsync(self, wanted, cancellation);
        if (grant.Allowed)
        {
            seat.Learned(self, grant.Shards);
            seat.Saw(grant.Version);
        }

        if (grant.Shards.Count > 0)
        {
            figures.Acquired.Add(grant.Shards.Count);
            MembershipLog.ShardsAcquired(logger, grant.Shards.Count, wanted.Count);
        }

        if (grant.Shards.Count < wanted.Count)
        {
            // Others were faster, or this node is not what it thinks.
            await ReadAsync(cancellation);
        }
    }

    public async Task<IReadOnlyList<ShardRow>> HandOffAsync(Incarnation to, IReadOnlyList<ShardFence> shards, CancellationToken cancellation)
    {
        var self = seat.Self;
        if (shards.Count == 0 || !seat.MayChangeOwners || shards.Any(fence => fence.Owner != self))
        {
            return [];
        }

        try
        {
            var grant = await store.HandOffAsync(self, to, shards, cancellation);
            seat.Learned(self, grant.Shards);
            if (grant.Allowed)
            {
                seat.Saw(grant.Version);
                return grant.Shards;
            }
        }
        catch (StoreUnavailableException)
        {
            return await LookUpAsync(shards, cancellation);
        }

        await ReadAsync(cancellation);
        return [];
    }

    public async Task ReadAsync(CancellationToken cancellation)
    {
        var (self, since) = (seat.Self, seat.ReadSince);
        seat.ViewRead(self, await store.ViewAsync(since, cancellation), since);
        _readAt = seat.Now;
    }

    /// <summary>
    /// The answer to a hand-off was lost: until it is known nobody may write in those shards, neither this node (it may have given them away) nor
    /// say that another owns them. So this asks until the store answers.
    /// </summary>
    private async Task<IReadOnlyList<ShardRow>> LookUpAsync(IReadOnlyList<ShardFence> shards, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var self = seat.Self;
                var whole = await store.ViewAsync(0, cancellation);
                seat.ViewRead(self, whole, 0);
                var epochs = shards.ToDictionary(fence => fence.Shard, fence => fence.Epoch);
                return [.. whole.Shards.Where(row => epochs.TryGetValue(row.Shard, out var epoch) && row.Epoch > epoch)];
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(timers.Heartbeat / 3, time, cancellation);
            }
        }
    }
}
