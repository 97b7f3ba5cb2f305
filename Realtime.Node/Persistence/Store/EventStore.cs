using LinqToDB;

namespace Realtime.Node.Persistence.Store;

/// <summary>
/// The database under the journals and snapshots: a SQLite file, the same in memory, or PostgreSQL. Opened once, before the actor system starts.
/// </summary>
public abstract class EventStore : IAsyncDisposable
{
    internal const string SnapshotTable = "channel_snapshot";

    private StoreIdentity? _identity;
    private long _epoch;

    /// <summary>A store epoch that another node has begun, or this one. Called on any thread; handlers must not block.</summary>
    public event Action<long>? EpochChanged;

    /// <summary>For log lines and faults; without secrets.</summary>
    public abstract string Description { get; }

    /// <summary>Whether what is committed outlives the process.</summary>
    public abstract bool IsDurable { get; }

    /// <summary>What Akka.Persistence.Sql connects with.</summary>
    public abstract DataOptions DataOptions { get; }

    /// <exception cref="InvalidOperationException">Not open.</exception>
    public StoreIdentity Identity => _identity is { } identity
        ? identity with { StoreEpoch = Epoch }
        : throw new InvalidOperationException("the store is not open");

    /// <summary>Grows when committed events may have been lost: another timeline, another system behind the same address.</summary>
    public long Epoch => Volatile.Read(ref _epoch);

    /// <summary>Schema of the tables; null where the database has none.</summary>
    internal abstract string? Schema { get; }

    /// <summary>Transactions of one journal that commit side by side.</summary>
    internal abstract int Writers { get; }

    /// <summary>Grouped reads of one journal that run side by side.</summary>
    internal abstract int Readers { get; }

    protected bool IsOpen => _identity is not null;

    /// <summary>Makes the tables, or refuses what cannot be built on.</summary>
    /// <exception cref="StoreFaultException">It cannot be opened; the message says what to do.</exception>
    public async Task<StoreIdentity> OpenAsync(CancellationToken cancellation = default)
    {
        if (IsOpen)
        {
            throw new InvalidOperationException("the store is open already");
        }

        var identity = await OpenCoreAsync(cancellation);
        Volatile.Write(ref _epoch, identity.StoreEpoch);
        return _identity = identity;
    }

    public abstract ValueTask DisposeAsync();

    internal abstract EventQueries Queries(EventTable table);

    internal abstract SnapshotQueries Snapshots();

    protected abstract Task<StoreIdentity> OpenCoreAsync(CancellationToken cancellation);

    /// <summary>A connection has read the epoch.</summary>
    protected void Saw(long epoch)
    {
        for (var known = Epoch; known != 0 && epoch > known; known = Epoch)
        {
            if (Interlocked.CompareExchange(ref _epoch, epoch, known) == known)
            {
                EpochChanged?.Invoke(epoch);
                return;
            }
        }
    }
}
