namespace Realtime.Tests.Cluster.Stage;

/// <summary>What the director does to a cluster.</summary>
internal enum FaultKind
{
    /// <summary><c>kill -9</c>, and the same name again at once or after eviction.</summary>
    Kill,

    /// <summary>SIGSTOP for less than the self-fence time.</summary>
    ShortPause,

    /// <summary>SIGSTOP for longer than eviction takes.</summary>
    LongPause,

    /// <summary>SIGTERM, and the same name again.</summary>
    Restart,

    /// <summary>Every database connection of the nodes is ended by the server.</summary>
    Backends,

    /// <summary>The database is stopped as by a crash, and started again.</summary>
    Database,

    /// <summary>What others say to one node is reset and refused.</summary>
    PeersCut,

    /// <summary>What others say to one node goes nowhere for a while.</summary>
    PeersHeld,

    /// <summary>What others say to one node, and what it answers, is late.</summary>
    PeersLate,

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
