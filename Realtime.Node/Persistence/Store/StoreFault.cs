namespace Realtime.Node.Persistence.Store;

/// <summary>Why a store cannot be opened; each has an exit code of its own.</summary>
public enum StoreFault
{
    CannotOpen = 1,
    Corrupt = 2,
    NewerVersion = 3,
    InUse = 4,

    /// <summary>The store's cluster has another number of shards, or speaks another version of the node-to-node protocol.</summary>
    OtherCluster = 5,
}
