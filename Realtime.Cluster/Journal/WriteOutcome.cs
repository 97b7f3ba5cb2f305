namespace Realtime.Cluster.Journal;

/// <summary>What became of one caller's part of a group commit.</summary>
public enum WriteOutcome
{
    /// <summary>It is on disk.</summary>
    Committed = 1,

    /// <summary>Head or revision was not the expected one; nothing was written.</summary>
    Conflict = 2,

    /// <summary>The queue of writes is full (its byte or item bound); nothing was written. Try again later.</summary>
    Busy = 3,

    /// <summary>The disk, or the database's own limit, is full; nothing was written.</summary>
    StorageFull = 4,

    /// <summary>The store refused or cannot be reached; nothing was written.</summary>
    Unavailable = 5,

    /// <summary>The commit was sent and its answer lost: look at the head to find out.</summary>
    Unknown = 6,

    /// <summary>The shard belongs to somebody else; nothing was written, and nothing will be: whoever wrote this has to stop.</summary>
    Fenced = 7,
}
