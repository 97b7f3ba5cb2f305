namespace Realtime.Node.Persistence.Store;

/// <summary>What a failed read or write of the store means to its caller.</summary>
public enum StoreFailureKind
{
    /// <summary>None of the others: a defect, damage, rows that cannot be.</summary>
    Other = 0,

    /// <summary>No room on the disk, or in the size the store may have.</summary>
    StorageFull = 1,

    /// <summary>Connection, server or lock: the same call may succeed later.</summary>
    OutOfReach = 2,

    /// <summary>Another writer has taken a sequence number of the batch.</summary>
    UniqueViolation = 3,

    /// <summary>The database gave the transaction up in favour of another: the same call succeeds when repeated.</summary>
    Passing = 4,
}
