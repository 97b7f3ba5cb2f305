namespace Realtime.Node.Cluster.Core;

/// <summary>One round of a <see cref="ShardAllocator"/>: which shards leave their nodes, in the order of what matters most.</summary>
internal sealed class AllocationRound
{
    private readonly IReadOnlyList<ShardHolder> _holders;
    private readonly IReadOnlySet<string> _moving;
    private readonly AllocationOrders _orders;
    private readonly ShardCounts _counts;
    private readonly HashSet<string> _chosen = new(StringComparer.Ordinal);
    private readonly List<string> _released = [];
    private readonly List<ShardTransfer> _transfers = [];
    private readonly int _most;

    /// <param name="homeless">Shards without a node that will get one.</param>
    public AllocationRound(
        IReadOnlyList<ShardHolder> holders, IReadOnlySet<string> moving, IReadOnlyList<string> homeless, AllocationOrders orders, int most)
    {
        (_holders, _moving, _orders, _most) = (holders, moving, orders, most);
        _counts = new ShardCounts(holders, moving);

        // Those whose place is known come first: the others go where there is room beside them.
        foreach (var shard in moving.Concat(homeless).OrderBy(shard => !IsAskedFor(shard)))
        {
            Arrive(shard, HolderOf(shard));
        }

        if (!orders.StoreIsOut)
        {
            Move();
        }

        Empty(Willingness.Stopping);
        if (!orders.StoreIsOut)
        {
            Empty(Willingness.Drained);
            if (!orders.BalanceIsPaused)
            {
                Balance();
            }
        }
    }

    public IReadOnlyList<string> Released => _released;

    /// <summary>Of those, and of the shards that were under way before.</summary>
    public IReadOnlyList<ShardTransfer> Transfers => _transfers;

    private bool IsFull => _released.Count >= _most;

    private void Move()
    {
        foreach (var (shard, target) in _orders.Moves)
        {
            if (IsFull)
            {
                return;
            }

            if (HolderOf(shard) is { } holder && holder.Key != target && CanLeave(shard) && ShardAllocator.TargetOf(shard, _holders, _orders) is not null)
            {
                Release(holder, shard);
            }
        }
    }

    private void Empty(Willingness which)
    {
        foreach (var holder in _holders.Where(holder => holder.Willingness == which))
        {
            foreach (var shard in holder.Shards.Where(CanLeave))
            {
                if (IsFull)
                {
                    return;
                }

                Release(holder, shard);
            }
        }
    }

    private void Balance()
    {
        while (!IsFull &&
            _counts.Next() is { Willingness: Willingness.Takes } emptiest &&
            _counts.Fullest(holder => Spare(holder) is not null) is { } fullest &&
            _counts.IsBetter(fullest, emptiest))
        {
            Release(fullest, Spare(fullest)!);
        }
    }

    /// <summary>The oldest is the first to go: the youngest have just come.</summary>
    private string? Spare(ShardHolder holder) => holder.Shards.FirstOrDefault(shard => CanLeave(shard) && !IsAskedFor(shard));

    /// <summary>It is where an operator wants it, or will be moved there.</summary>
    private bool IsAskedFor(string shard) => ShardAllocator.TargetOf(shard, _holders, _orders) is not null;

    private bool CanLeave(string shard) => !_moving.Contains(shard) && !_chosen.Contains(shard);

    private void Release(ShardHolder holder, string shard)
    {
        _chosen.Add(shard);
        _released.Add(shard);
        _counts.Remove(holder);
        Arrive(shard, holder);
    }

    private void Arrive(string shard, ShardHolder? from)
    {
        if ((ShardAllocator.TargetOf(shard, _holders, _orders) ?? _counts.Next()) is { } next)
        {
            _counts.Add(next);
            _transfers.Add(new ShardTransfer(shard, from?.Key, next.Key));
        }
    }

    private ShardHolder? HolderOf(string shard) => _holders.FirstOrDefault(holder => holder.Shards.Contains(shard));
}
