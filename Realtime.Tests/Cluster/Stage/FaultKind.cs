namespace Realtime.Tests.Cluster.Stage;

/// <summary>What the director does to a cluster.</summary>
internal enum FaultKind
{
    /// <summary><c>kill -9</c>, and the same name again at once or after a while.</summary>
    Kill,

    /// <summary>SIGSTOP for less than any deadline.</summary>
    ShortPause,

    /// <summary>SIGSTOP for longer than the right to write lasts.</summary>
    LongPause,

    /// <summary>SIGTERM, and the same name again.</summary>
    Restart,

    /// <summary>Every database connection of the nodes is ended by the server.</summary>
    Backends,

    /// <summary>The database is stopped as by a crash, and started again.</summary>
    Database,

    /// <summary>One node cannot reach the store.</summary>
    StoreCut,

    /// <summary>One node gets no answers from the store, which gets its questions.</summary>
    StoreHeld,

    /// <summary>The store is far away from one node.</summary>
    StoreLate,

    /// <summary>Every connection of clients breaks.</summary>
    ClientsReset,

    /// <summary>Clients hear nothing any more.</summary>
    ClientsHeld,

    /// <summary>Little comes through to clients.</summary>
    ClientsSlow,
}
