namespace Realtime.Cluster.Journal;

/// <summary>
/// A store for a process that only looks at its cluster: it creates nothing, upgrades nothing, holds no lock and changes no row, so that it can be
/// started before the nodes, and be older or newer than they are.
/// </summary>
public interface IViewReader : IAsyncDisposable
{
    /// <summary>What the store is called in messages to operators; without secrets.</summary>
    string Description { get; }

    /// <summary>May be repeated: reads everything anew.</summary>
    /// <exception cref="StoreFaultException">It is another program's or of a newer version: waiting will not help.</exception>
    /// <exception cref="StoreUnavailableException">It cannot be reached, or no node has made it yet.</exception>
    ValueTask<StoreIdentity> OpenAsync(CancellationToken cancellation = default);

    /// <param name="since">0: everything.</param>
    /// <exception cref="StoreUnavailableException">The store cannot answer now.</exception>
    ValueTask<ViewDelta> ViewAsync(long since, CancellationToken cancellation = default);
}
