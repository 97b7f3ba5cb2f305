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

    /// <param name="batch">The most shards in one batch.</param>
    /// <returns>Ordered so that destinations take turns. Empty in any doubt, and while it is quiet; a draining node does not wait for quiet.</returns>
    public IReadOnlyList<HandOffBatch> Plan(ClusterView view, Incarnation self, Standing standing, int batch, TimeSpan now)
    {
        if (standing != Standing.Sure || view.Find(self) is not { } node)
        {
            return [];
        }

        if (node.Status == NodeStatus.Active && now < _quietUntil)
        {
            return [];
        }

        _placement = _placement?.For(view) ?? Placement.Of(view);
        if (_placement.IsEmpty)
        {
            return [];
        }

        return [.. view.Shards
            .Where(row => row.Owner == self && _placement.TargetOf(row.Shard) != self)
            .GroupBy(row => _placement.TargetOf(row.Shard))
            .SelectMany(shards => shards
                .Chunk(batch)
                .Select((rows, turn) => (turn, Batch: new HandOffBatch(shards.Key, [.. rows.Select(row => new ShardFence(row.Shard, row.Epoch, self))]))))
            .OrderBy(item => item.turn)
            .ThenBy(item => item.Batch.To)
            .Select(item => item.Batch)];
    }
}
