namespace Realtime.Node.Persistence.Store;

/// <summary>Why a store cannot be opened; each has an exit code of its own.</summary>
public enum StoreFault
{
    CannotOpen = 1,
    Corrupt = 2,

    /// <summary>Written by a newer or an older version of this program, in a format that it cannot take over.</summary>
    OtherFormat = 3,

    InUse = 4,

    /// <summary>The nodes on it have another number of shards, or other messages.</summary>
    Incompatible = 5,

    /// <summary>Another process of the same name is alive.</summary>
    NameInUse = 6,
}
