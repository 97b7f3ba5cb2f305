using LinqToDB;
using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Persistence.Store;

/// <summary>
/// The database under the journals and snapshots: a SQLite file, the same in memory, or PostgreSQL. Opened once, before the actor system starts.
/// </summary>
public abstract class EventStore : IAsyncDisposable
{
    internal const string SnapshotTable = "channel_snapshot";

    private OpenedStore? _opened;
    private long _epoch;
    private string? _loss;

    /// <summary>A store epoch that another node has begun, or this one. Called on any thread; handlers must not block.</summary>
    public event Action<long>? EpochChanged;

    /// <summary>
    /// The store is this node's no more, because another has it or because its files are gone: this node must stop. Raised once, with the reason in words. Called on a thread of the store; handlers
    /// must not block.
    /// </summary>
    public event Action<string>? ClaimLost;

    /// <summary>For log lines and faults; without secrets.</summary>
    public abstract string Description { get; }

    /// <summary>Whether what is committed outlives the process.</summary>
    public abstract bool IsDurable { get; }

    /// <summary>What Akka.Persistence.Sql connects with.</summary>
    public abstract DataOptions DataOptions { get; }

    /// <summary>Whether this node may answer for what is in the store.</summary>
    public abstract IWriterLease Lease { get; }

    /// <summary>The processes on this store, once it is open; null: no other process can open it.</summary>
    public virtual IMemberRows? Members => null;

    /// <exception cref="InvalidOperationException">Not open.</exception>
    public OpenedStore Opened => _opened ?? throw new InvalidOperationException("the store is not open");

    /// <summary>Grows when committed events may have been lost: another timeline, another system behind the same address.</summary>
    public long Epoch => Volatile.Read(ref _epoch);

    /// <summary>Schema of the tables; null where the database has none.</summary>
    internal abstract string? Schema { get; }

    /// <summary>Transactions of one journal that commit side by side.</summary>
    internal abstract int Writers { get; }

    /// <summary>Grouped reads of one journal that run side by side.</summary>
    internal abstract int Readers { get; }

    /// <summary>Why the store is this node's no more, in words; null while it is.</summary>
    public string? Loss => Volatile.Read(ref _loss);

    protected bool IsOpen => _opened is not null;

    /// <summary>Makes the tables, or refuses what cannot be built on.</summary>
    /// <exception cref="StoreFaultException">It cannot be opened; the message says what to do.</exception>
    public async Task<OpenedStore> OpenAsync(CancellationToken cancellation = default)
    {
        if (IsOpen)
        {
            throw new InvalidOperationException("the store is open already");
        }

        var opened = await OpenCoreAsync(cancellation);
        Volatile.Write(ref _epoch, opened.StoreEpoch);
        return _opened = opened;
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>Whether a write of so many bytes would find room now; null: only a write can say. May ask the disk.</summary>
    internal virtual bool? HasRoomFor(long bytes) => null;

    internal abstract EventQueries Queries(EventTable table);

    internal abstract SnapshotQueries Snapshots();

    protected abstract Task<OpenedStore> OpenCoreAsync(CancellationToken cancellation);

    protected void LoseClaim(string why)
    {
        Volatile.Write(ref _loss, why);
        ClaimLost?.Invoke(why);
    }

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
