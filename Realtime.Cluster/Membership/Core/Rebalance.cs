using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Membership.Core;

/// <summary>
/// Which shards a node should give away, to whom and in which order. Asked again after each step: the plan follows from the view alone. How many
/// at a time and how fast is for whoever carries it out.
/// </summary>
internal sealed class Rebalance(MembershipTimers timers)
{
    private Placement? _placement;
    private TimeSpan? _quietUntil;
    private TimeSpan? _pausedUntil;

    /// <summary>After a failure nothing is moved for a while: the node that fell often comes back, and its shards' clients are coming back just now.</summary>
    private TimeSpan Quiet => timers.Evict * 4;

    /// <summary>Hears of every change of the view.</summary>
    public void Saw(ViewChange change, TimeSpan now)
    {
        if (change.Before.Nodes.Any(node => node.Status == NodeStatus.Active && change.After.Find(node.Incarnation) is null))
        {
            _quietUntil = now + Quiet;
        }
    }

    /// <summary>Plans nothing that only serves balance until then.</summary>
    public void Pause(TimeSpan until) => _pausedUntil = until;

    public void Resume() => _pausedUntil = null;

    public TimeSpan? PausedFor(TimeSpan now) => now < _pausedUntil ? _pausedUntil - now : null;

    /// <summary>Somebody looks on: there is no need to wait for quiet.</summary>
    public void Hurry() => _quietUntil = null;

    /// <param name="held">Shards that stay here as long as this node takes shards, wherever they belong.</param>
    /// <param name="batch">The most shards in one batch.</param>
    /// <returns>
    /// Ordered so that destinations take turns. Empty in any doubt, and while it is quiet or paused; a draining node does not wait for either.
    /// </returns>
    public IReadOnlyList<HandOffBatch> Plan(
        ClusterView view, Incarnation self, Standing standing, IReadOnlySet<ShardId> held, int batch, TimeSpan now)
    {
        if (standing != Standing.Sure || view.Find(self) is not { } node)
        {
            return [];
        }

        return node.Status == NodeStatus.Active && (now < _quietUntil || now < _pausedUntil) ? [] : Outlook(view, self, held, batch);
    }

    /// <summary>What would be planned if nothing stood in the way.</summary>
    public IReadOnlyList<HandOffBatch> Outlook(ClusterView view, Incarnation self, IReadOnlySet<ShardId> held, int batch)
    {
        var placement = PlacementOf(view);
        if (placement.IsEmpty)
        {
            return [];
        }

        var keeps = view.Find(self) is { Status: NodeStatus.Active };
        return [.. view.Shards
            .Where(row => row.Owner == self && placement.TargetOf(row.Shard) != self && !(keeps && held.Contains(row.Shard)))
            .GroupBy(row => placement.TargetOf(row.Shard))
            .SelectMany(shards => shards
                .Chunk(batch)
                .Select((rows, turn) => (turn, Batch: new HandOffBatch(shards.Key, [.. rows.Select(row => new ShardFence(row.Shard, row.Epoch, self))]))))
            .OrderBy(item => item.turn)
            .ThenBy(item => item.Batch.To)
            .Select(item => item.Batch)];
    }

    /// <summary>None while no node takes shards.</summary>
    public Incarnation TargetOf(ClusterView view, ShardId shard) => PlacementOf(view).TargetOf(shard);

    private Placement PlacementOf(ClusterView view) => _placement = _placement?.For(view) ?? Placement.Of(view);
}
