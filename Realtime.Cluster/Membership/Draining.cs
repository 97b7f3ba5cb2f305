using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Membership;

/// <summary>
/// Whether this node takes shards, in this life and in any that follows: one that joins again while it drains must not take them either. Called by
/// one at a time; the store's exceptions pass through.
/// </summary>
internal sealed class Draining(IClusterStore store, Seat seat, Caretaker caretaker)
{
    private bool _wanted;
    private bool _ending;

    /// <summary>Takes no more, even as the last one: the process is about to end.</summary>
    public async Task BeginAsync(CancellationToken cancellation)
    {
        _wanted = _ending = true;
        if (!seat.IsVacant)
        {
            await store.DrainAsync(seat.Self, draining: true, cancellation);
            await caretaker.ReadAsync(cancellation);
        }
    }

    public async Task<DrainResult> BeginUnlessLastAsync(CancellationToken cancellation)
    {
        if (seat.IsVacant)
        {
            return DrainResult.Dead;
        }

        var result = await store.DrainUnlessLastAsync(seat.Self, cancellation);
        _wanted |= result is DrainResult.Draining;
        await caretaker.ReadAsync(cancellation);
        return result;
    }

    /// <summary>Takes shards again; a life that is over meanwhile is followed by one that does.</summary>
    /// <returns>False: the process is about to end, and nobody takes that back.</returns>
    public async Task<bool> EndAsync(CancellationToken cancellation)
    {
        if (_ending)
        {
            return false;
        }

        if (!seat.IsVacant)
        {
            await store.DrainAsync(seat.Self, draining: false, cancellation);
        }

        _wanted = false;
        if (!seat.IsVacant)
        {
            await caretaker.ReadAsync(cancellation);
        }

        return true;
    }

    /// <summary>A new life begins. Before anybody is told: the first view would show a node that takes shards.</summary>
    public async Task GoOnAsync(Incarnation self, CancellationToken cancellation)
    {
        if (_wanted)
        {
            await store.DrainAsync(self, draining: true, cancellation);
        }
    }
}
