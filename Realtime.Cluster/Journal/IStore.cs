namespace Realtime.Cluster.Journal;

/// <summary>
/// One database: journal, sessions and the cluster's identity. Opened (schema upgraded, integrity looked at) before the node serves.
/// </summary>
public interface IStore : IJournal, ISessionStore, IAsyncDisposable
{
    /// <summary>What the store is called in messages to operators; without secrets.</summary>
    string Description { get; }

    /// <summary>False for the in-memory store: a node may refuse durable namespaces on it.</summary>
    bool IsDurable { get; }

    /// <summary>Opens the store, creating it or upgrading its schema.</summary>
    /// <exception cref="StoreFaultException">It is corrupt, of a newer version, locked by another process, or cannot be opened.</exception>
    ValueTask<StoreIdentity> OpenAsync(CancellationToken cancellation = default);

    /// <summary>Whether the last write or probe went through; for readiness and operators, nothing else decides on it.</summary>
    StoreHealth Health { get; }
}
