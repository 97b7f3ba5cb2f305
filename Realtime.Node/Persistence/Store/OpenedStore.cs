using Realtime.Messages.Ids;

namespace Realtime.Node.Persistence.Store;

/// <summary>What opening a store gives.</summary>
/// <param name="StoreId">Made with the store; another one after an operator has restored a backup.</param>
/// <param name="StoreEpoch">Grows when committed events may have been lost.</param>
/// <param name="Incarnation">Of this opening; no other opening of the store has it.</param>
public sealed record OpenedStore(Guid StoreId, long StoreEpoch, Incarnation Incarnation);
