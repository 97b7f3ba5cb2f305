namespace Realtime.Node.Cluster.Core;

/// <summary>
/// Decides which node gets a shard, and which shards are to move, for one kind of entities. First what operators ask for, then nodes that are to be empty,
/// then balance by capacity. A few shards are under way at a time, so that no plan stalls the cluster.
/// </summary>
/// <param name="under">Shards under way at a time.</param>
internal sealed class ShardAllocator(int under)
{
    /// <summary>After which a shard that was given free and has no place yet is not counted any more: it gets one when it is next needed.</summary>
    private const int RoundsWithoutPlace = 40;

    /// <summary>Shards that were told to move, with the number of rounds since they were last seen at a node.</summary>
    private readonly Dictionary<string, int> _released = new(StringComparer.Ordinal);

    /// <summary>Where a shard goes that has no place. Null: there is no node at all.</summary>
    public ShardHolder? Place(string shard, IReadOnlyList<ShardHolder> holders, AllocationOrders orders)
    {
        _released.Remove(shard);
        if (TargetOf(shard, holders, orders) is { } asked)
        {
            return asked;
        }

        var counts = new ShardCounts(holders, _released.Keys.ToHashSet(StringComparer.Ordinal));
        foreach (var other in _released.Keys)
        {
            if (TargetOf(other, holders, orders) is { } target)
            {
                counts.Add(target);
            }
        }

        return counts.Next();
    }

    /// <summary>The shards that are to leave their nodes now.</summary>
    /// <param name="moving">Shards that are leaving their nodes already.</param>
    public IReadOnlyList<string> Round(IReadOnlyList<ShardHolder> holders, IReadOnlySet<string> moving, AllocationOrders orders)
    {
        var homeless = Homeless(holders, moving);
        if (moving.Count >= under || ObstacleOf(holders) is not AllocationObstacle.None)
        {
            return [];
        }

        var round = new AllocationRound(holders, moving, homeless, orders, under - moving.Count);
        foreach (var shard in round.Released)
        {
            _released[shard] = 0;
        }

        return round.Released;
    }

    /// <summary>All that rounds would do one after the other. Changes nothing.</summary>
    public AllocationPlan Plan(IReadOnlyList<ShardHolder> holders, IReadOnlySet<string> moving, AllocationOrders orders)
    {
        var unreachable = holders.Where(holder => holder.Willingness is Willingness.Unreachable).Select(holder => holder.Key).ToList();
        if (ObstacleOf(holders) is not AllocationObstacle.None and var obstacle)
        {
            return new AllocationPlan(obstacle, [], unreachable);
        }

        var housed = holders.SelectMany(holder => holder.Shards).ToHashSet(StringComparer.Ordinal);
        var round = new AllocationRound(holders, moving, [.. _released.Keys.Where(shard => !moving.Contains(shard) && !housed.Contains(shard))], orders, int.MaxValue);
        return new AllocationPlan(
            orders.StoreIsOut ? AllocationObstacle.StoreIsOut : AllocationObstacle.None, [.. round.Transfers.Where(transfer => transfer.From != transfer.To)], unreachable);
    }

    /// <summary>The node that operators want a shard on, if it takes shards.</summary>
    internal static ShardHolder? TargetOf(string shard, IReadOnlyList<ShardHolder> holders, AllocationOrders orders) =>
        orders.Moves.TryGetValue(shard, out var key)
            ? holders.FirstOrDefault(holder => holder.Key == key && holder.Willingness is Willingness.Takes)
            : null;

    /// <summary>A hand-off needs an answer of every region: one that cannot give it would hold the shard's messages until the hand-off's time is over.</summary>
    private static AllocationObstacle ObstacleOf(IReadOnlyList<ShardHolder> holders) =>
        holders.Count < 2 ? AllocationObstacle.OneNode
        : holders.Any(holder => holder.Willingness is Willingness.Unreachable) ? AllocationObstacle.Unreachable
        : !holders.Any(holder => holder.Willingness is Willingness.Takes) ? AllocationObstacle.NoneTakes
        : AllocationObstacle.None;

    /// <summary>Shards that have left their nodes and are at no other yet.</summary>
    private List<string> Homeless(IReadOnlyList<ShardHolder> holders, IReadOnlySet<string> moving)
    {
        if (_released.Count == 0)
        {
            return [];
        }

        var housed = holders.SelectMany(holder => holder.Shards).ToHashSet(StringComparer.Ordinal);
        foreach (var shard in _released.Keys.ToList())
        {
            if (moving.Contains(shard))
            {
                continue;
            }

            if (housed.Contains(shard) || ++_released[shard] > RoundsWithoutPlace)
            {
                _released.Remove(shard);
            }
        }

        return [.. _released.Keys.Where(shard => !moving.Contains(shard))];
    }
}
