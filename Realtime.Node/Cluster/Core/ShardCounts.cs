namespace Realtime.Node.Cluster.Core;

/// <summary>
/// How many shards each node has or is about to have, and who is next. By the rule of Webster: the next shard goes where the capacity per shard and a half is
/// largest. It keeps every node near its share, and one shard more never changes what the others have (docs/decisions/0033-allocation.md).
/// </summary>
internal sealed class ShardCounts
{
    private readonly List<ShardHolder> _holders;
    private readonly Dictionary<ShardHolder, int> _counts = new(ReferenceEqualityComparer.Instance);

    /// <param name="moving">Are on their way to another node and count for none.</param>
    public ShardCounts(IEnumerable<ShardHolder> holders, IReadOnlySet<string> moving)
    {
        _holders = [.. holders];
        foreach (var holder in _holders)
        {
            _counts.Add(holder, holder.Shards.Count(shard => !moving.Contains(shard)));
        }
    }

    public void Add(ShardHolder holder) => _counts[holder]++;

    public void Remove(ShardHolder holder) => _counts[holder]--;

    /// <summary>Who gets the next shard: of the most willing nodes the one that is furthest below its share. Null: there is no node.</summary>
    public ShardHolder? Next()
    {
        ShardHolder? next = null;
        foreach (var holder in _holders)
        {
            if (next is null || holder.Willingness < next.Willingness || (holder.Willingness == next.Willingness && IsBefore(holder, next)))
            {
                next = holder;
            }
        }

        return next;
    }

    /// <summary>Whether a shard of <paramref name="from"/> would be given to <paramref name="to"/> if it were given again.</summary>
    public bool IsBetter(ShardHolder from, ShardHolder to) =>
        to.Weight * ((2L * _counts[from]) - 1) > from.Weight * ((2L * _counts[to]) + 1);

    /// <summary>Of nodes that take shards the one that is furthest above its share and satisfies a condition. Null: none does.</summary>
    public ShardHolder? Fullest(Func<ShardHolder, bool> canGive)
    {
        ShardHolder? fullest = null;
        foreach (var holder in _holders.Where(holder => holder.Willingness is Willingness.Takes && _counts[holder] > 0))
        {
            if ((fullest is null || Fullness(holder, fullest) > 0) && canGive(holder))
            {
                fullest = holder;
            }
        }

        return fullest;
    }

    private bool IsBefore(ShardHolder left, ShardHolder right)
    {
        var order = (right.Weight * ((2L * _counts[left]) + 1)).CompareTo(left.Weight * ((2L * _counts[right]) + 1));
        return order < 0 || (order == 0 && string.CompareOrdinal(left.Key, right.Key) < 0);
    }

    private int Fullness(ShardHolder left, ShardHolder right)
    {
        var order = (right.Weight * ((2L * _counts[left]) - 1)).CompareTo(left.Weight * ((2L * _counts[right]) - 1));
        return order != 0 ? order : string.CompareOrdinal(right.Key, left.Key);
    }
}
