using Realtime.Node.Persistence.Store;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Persistence.Journal;

/// <summary>What the rest of the process knows of one journal plugin. Outlives the plugin's actor; safe for all threads.</summary>
public sealed class JournalHandle
{
    private static readonly TimeSpan WriteMemory = TimeSpan.FromSeconds(10);
    private readonly EventStore _store;
    private readonly PersistenceLogging _log;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private BreakerState _breaker;
    private int _recoveriesWaiting;
    private DateTimeOffset? _readsFailSince;
    private DateTimeOffset? _writesFailSince;
    private JournalFailure? _lastFailure;

    /// <summary>Of the largest write that found no room.</summary>
    private long _bytesWithoutRoom;

    /// <summary>The store saw itself that there was no room, so it sees when there is.</summary>
    private bool _seesRoom;

    internal JournalHandle(
        string name,
        EventTable table,
        EventStore store,
        bool hasSnapshots,
        JournalOptions options,
        JournalInstruments metrics,
        PersistenceLogging log,
        TimeProvider time)
    {
        (Name, Table, _store, HasSnapshots, Options, Metrics, _log, _time) = (name, table, store, hasSnapshots, options, metrics, log, time);
        Transactions = new TransactionTimer(metrics, time);
        Gate = new WriteGate(options.QueueBytes, options.QueueWrites);
    }

    public string Name { get; }

    /// <summary>For <c>PersistentActor.JournalPluginId</c>.</summary>
    public string PluginId => $"akka.persistence.journal.{Name}";

    /// <summary>For <c>PersistentActor.SnapshotPluginId</c>.</summary>
    public string SnapshotPluginId => HasSnapshots ? $"akka.persistence.snapshot-store.{Name}" : "akka.persistence.no-snapshot-store";

    public WriteGate Gate { get; }

    public NewIds NewIds { get; } = new();

    /// <summary>As it is now.</summary>
    public JournalState State
    {
        get
        {
            lock (_lock)
            {
                return new JournalState(
                    _breaker, Gate.QueuedBytes, Gate.QueuedWrites, Volatile.Read(ref _recoveriesWaiting), _writesFailSince ?? _readsFailSince, _lastFailure);
            }
        }
    }

    internal EventTable Table { get; }

    internal bool HasSnapshots { get; }

    internal JournalOptions Options { get; }

    internal JournalInstruments Metrics { get; }

    internal TransactionTimer Transactions { get; }

    /// <summary>Whether <see cref="LookForRoom"/> has something to look for.</summary>
    internal bool WaitsForRoom
    {
        get
        {
            lock (_lock)
            {
                return IsFull && _seesRoom;
            }
        }
    }

    private bool IsFull => _writesFailSince is not null && _lastFailure is { Kind: StoreFailureKind.StorageFull };

    internal long Timestamp => _time.GetTimestamp();

    internal void Breaker(BreakerState state)
    {
        lock (_lock)
        {
            _breaker = state;
        }
    }

    internal void RecoveryBegins() => Interlocked.Increment(ref _recoveriesWaiting);

    internal void RecoveryEnds() => Interlocked.Decrement(ref _recoveriesWaiting);

    /// <summary>A write has ended, or its caller has given it up; the rest of its life does not count.</summary>
    internal void WriteEnded(PendingWrite write, WriteOutcome outcome)
    {
        if (write.TryCount())
        {
            Metrics.WriteEnded(outcome, _time.GetElapsedTime(write.Started));
        }
    }

    /// <summary>
    /// A small write says nothing about room for larger ones, unless none of them has tried for a while and the store cannot see its room: then
    /// the next one shall.
    /// </summary>
    internal void Wrote(long bytes)
    {
        var now = _time.GetUtcNow();
        DateTimeOffset? since;
        lock (_lock)
        {
            if (IsFull && bytes < _bytesWithoutRoom && (_seesRoom || !HasNotFailedFor(WriteMemory, now)))
            {
                return;
            }

            since = _writesFailSince ?? _readsFailSince;
            (_writesFailSince, _readsFailSince, _bytesWithoutRoom) = (null, null, 0);
        }

        ServesAgain(since);
    }

    /// <summary>Asks the store whether the largest write that found no room would find it now. Blocks for as long as the disk takes to answer.</summary>
    internal void LookForRoom()
    {
        long bytes;
        lock (_lock)
        {
            bytes = _bytesWithoutRoom;
        }

        if (WaitsForRoom && _store.HasRoomFor(bytes) is true)
        {
            Wrote(bytes);
        }
    }

    /// <summary>Says nothing about writes, unless none has tried for a while: then the next one shall.</summary>
    internal void Read()
    {
        Metrics.Reads[true].Add(1);
        var now = _time.GetUtcNow();
        DateTimeOffset? since;
        lock (_lock)
        {
            since = _writesFailSince ?? _readsFailSince;
            _readsFailSince = null;
            if (HasNotFailedFor(WriteMemory, now) && !(IsFull && _seesRoom))
            {
                _writesFailSince = null;
            }

            since = (_writesFailSince ?? _readsFailSince) is null ? since : null;
        }

        ServesAgain(since);
    }

    /// <param name="bytes">Of the write.</param>
    internal void Failed(Exception exception, bool writing, long bytes = 0)
    {
        var kind = StoreFailures.KindOf(exception);
        var text = StoreFailures.TextOf(exception);
        var seesRoom = kind is StoreFailureKind.StorageFull && _store.HasRoomFor(bytes) is false;
        var now = _time.GetUtcNow();
        bool isFirst;
        lock (_lock)
        {
            isFirst = (_writesFailSince ?? _readsFailSince) is null;

            // A conflict, a defect or a damaged row is one log's trouble, not the store's.
            if (kind is StoreFailureKind.OutOfReach or StoreFailureKind.StorageFull)
            {
                _ = writing ? _writesFailSince ??= now : _readsFailSince ??= now;
            }
            else if (!isFirst)
            {
                return;
            }

            if (kind is StoreFailureKind.StorageFull)
            {
                (_bytesWithoutRoom, _seesRoom) = (Math.Max(_bytesWithoutRoom, bytes), seesRoom);
            }

            isFirst &= (_writesFailSince ?? _readsFailSince) is not null;
            _lastFailure = new JournalFailure(kind, text, now);
        }

        if (isFirst)
        {
            _log.StoreFails(Name, kind, text);
        }
    }

    private bool HasNotFailedFor(TimeSpan time, DateTimeOffset now) => _lastFailure is { At: var at } && now - at > time;

    private void ServesAgain(DateTimeOffset? since)
    {
        if (since is { } began)
        {
            _log.StoreServesAgain(Name, _time.GetUtcNow() - began);
        }
    }

    internal void ReadFailed(Exception exception)
    {
        Metrics.Reads[false].Add(1);
        Failed(exception, writing: false);
    }
}
