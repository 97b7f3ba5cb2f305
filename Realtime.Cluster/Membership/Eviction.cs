using Microsoft.Extensions.Logging;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership.Core;
using Realtime.Cluster.Telemetry.Metrics;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Membership;

/// <summary>
/// Evicts a node because somebody wants it. The store's compare-and-set of the counter is the same as for the silent: what differs is who says
/// how long to look.
/// </summary>
internal sealed class Eviction(IClusterStore store, Seat seat, Caretaker caretaker, ILogger logger, MemberFigures figures)
{
    /// <summary>A counter moves once per heartbeat, and a look and the statement behind it take far less.</summary>
    private const int Attempts = 10;

    /// <returns>Null: it is no member any more.</returns>
    public async Task<NodeRow?> LookAsync(Incarnation victim, CancellationToken cancellation)
    {
        if (seat.View.Find(victim) is not { } known)
        {
            return null;
        }

        var row = await store.FindAsync(known.Profile.Name, cancellation);
        return row?.Incarnation == victim ? row : null;
    }

    /// <param name="seen">Its counter must still be that, unless it is forced.</param>
    public async Task<EvictResult> TryAsync(NodeRow seen, bool force, CancellationToken cancellation)
    {
        var row = seen;
        for (var i = 0; i < Attempts; i++)
        {
            if (!seat.MayChangeOwners)
            {
                return EvictResult.Unsure;
            }

            var self = seat.Self;
            if (await store.EvictAsync(self, row.Incarnation, row.Heartbeat, cancellation))
            {
                seat.NotSilent(self, row.Incarnation);
                figures.Evictions.Add(1);
                MembershipLog.EvictedOnDemand(logger, row.Profile.Name, row.Incarnation, row.Heartbeat, force);
                await caretaker.ReadAsync(cancellation);
                return EvictResult.Evicted;
            }

            if (await LookAsync(row.Incarnation, cancellation) is not { } newer)
            {
                return EvictResult.Gone;
            }

            if (!force)
            {
                return EvictResult.Alive;
            }

            row = newer;
        }

        return EvictResult.Alive;
    }
}
