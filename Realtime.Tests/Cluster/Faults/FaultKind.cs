namespace Realtime.Tests.Cluster.Faults;

/// <summary>What the director does to a cluster.</summary>
internal enum FaultKind
{
    /// <summary><c>kill -9</c>, and the same name again at once or after a while.</summary>
    Kill,

    /// <summary>As <see cref="Kill"/>, the node that has been there for the longest.</summary>
    KillOldest,

    /// <summary>As <see cref="Kill"/>, two at the same moment.</summary>
    KillTwo,

    /// <summary>SIGSTOP for less than any deadline.</summary>
    ShortPause,

    /// <summary>SIGSTOP for longer than the right to answer lasts.</summary>
    LongPause,

    /// <summary>SIGTERM, and the same name again.</summary>
    Restart,

    /// <summary><c>kill -9</c> of one lighthouse, and the same name again at once or after a while.</summary>
    LighthouseKill,

    /// <summary>SIGTERM to one lighthouse, and the same name again.</summary>
    LighthouseRestart,

    /// <summary>As <see cref="LighthouseRestart"/>, all at the same moment.</summary>
    LighthousesRestart,

    /// <summary>A second process under the name of a living node.</summary>
    Duplicate,

    /// <summary>Every connection between two nodes breaks once.</summary>
    LinkReset,

    /// <summary>Two nodes cannot connect to each other, for less time than anybody is downed for.</summary>
    LinkCut,

    /// <summary>What one node says does not come to another, for less time than anybody is downed for.</summary>
    LinkOneWay,

    /// <summary>Two nodes far from each other.</summary>
    LinkLate,

    /// <summary>A node and all the others hear nothing of each other, for less time than anybody is downed for.</summary>
    ShortPartition,

    /// <summary>The same until it is settled who has to go.</summary>
    LongPartition,

    /// <summary>Every database connection of the nodes is ended by the server.</summary>
    Backends,

    /// <summary>The database is stopped as by a crash, and started again.</summary>
    Database,

    /// <summary>The database stands still, and its connections stay.</summary>
    DatabaseStill,

    /// <summary>One node cannot reach the store.</summary>
    StoreCut,

    /// <summary>One node gets no answers from the store, which gets its questions.</summary>
    StoreHeld,

    /// <summary>The store is far away from one node.</summary>
    StoreLate,

    /// <summary>The store's files may not grow.</summary>
    FullDisk,

    /// <summary>Every connection of clients breaks.</summary>
    ClientsReset,

    /// <summary>Clients hear nothing any more.</summary>
    ClientsHeld,

    /// <summary>Little comes through to clients.</summary>
    ClientsSlow,

    /// <summary>A crowd of clients at once.</summary>
    ClientStorm,

    /// <summary>Everything else of the machine wants its processors.</summary>
    Busy,
}
