using Realtime.Node.Persistence.Store;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Persistence.Journal;

/// <summary>What the rest of the process knows of one journal plugin. Outlives the plugin's actor; safe for all threads.</summary>
public sealed class JournalHandle
{
    private static readonly TimeSpan WriteMemory = TimeSpan.FromSeconds(10);
    private readonly PersistenceLogging _log;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private BreakerState _breaker;
    private int _recoveriesWaiting;
    private DateTimeOffset? _readsFailSince;
    private DateTimeOffset? _writesFailSince;
    private JournalFailure? _lastFailure;

    internal JournalHandle(
        string name, EventTable table, bool hasSnapshots, JournalOptions options, JournalInstruments metrics, PersistenceLogging log, TimeProvider time)
    {
        (Name, Table, HasSnapshots, Options, Metrics, _log, _time) = (name, table, hasSnapshots, options, metrics, log, time);
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

    internal void Wrote()
    {
        DateTimeOffset? since;
        lock (_lock)
        {
            since = _writesFailSince ?? _readsFailSince;
            (_writesFailSince, _readsFailSince) = (null, null);
        }

        ServesAgain(since);
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
            if (_lastFailure is { At: var at } && now - at > WriteMemory)
            {
                _writesFailSince = null;
            }

            since = (_writesFailSince ?? _readsFailSince) is null ? since : null;
        }

        ServesAgain(since);
    }

    internal void Failed(Exception exception, bool writing)
    {
        var kind = StoreFailures.KindOf(exception);
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

            isFirst &= (_writesFailSince ?? _readsFailSince) is not null;
            _lastFailure = new JournalFailure(kind, exception.Message, now);
        }

        if (isFirst)
        {
            _log.StoreFails(Name, kind, exception.Message);
        }
    }

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
