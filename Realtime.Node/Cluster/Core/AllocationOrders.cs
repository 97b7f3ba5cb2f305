namespace Realtime.Node.Cluster.Core;

/// <summary>What is asked of the allocation of one kind beside balance.</summary>
/// <param name="Moves">Shards and the keys of the nodes that operators want them on.</param>
/// <param name="BalanceIsPaused">No shard moves for balance alone.</param>
/// <param name="StoreIsOut">What moves could not be read back: only a process that ends gives its shards away.</param>
internal sealed record AllocationOrders(IReadOnlyDictionary<string, string> Moves, bool BalanceIsPaused, bool StoreIsOut)
{
    public static AllocationOrders None { get; } = new(new Dictionary<string, string>(), BalanceIsPaused: false, StoreIsOut: false);
}
