namespace Realtime.Node.Persistence.Store;

/// <summary>What makes this store itself: kept in the cluster row, created with the store.</summary>
/// <param name="StoreId">Changes when an operator restores a backup.</param>
/// <param name="StoreEpoch">Grows when committed data may have been lost.</param>
/// <param name="TokenKeys">Keys of the resume tokens by key id, 32 random bytes each; the highest id signs. Secret.</param>
public sealed record StoreIdentity(Guid StoreId, long StoreEpoch, IReadOnlyDictionary<byte, byte[]> TokenKeys);
