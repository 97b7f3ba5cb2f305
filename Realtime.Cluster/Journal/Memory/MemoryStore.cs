using System.Security.Cryptography;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal.Memory;

/// <summary>
/// The same contract without a disk: for nodes that need nothing to outlive them, and for tests. Every write is decided at once and its
/// receiver is called before <see cref="Append"/> or <see cref="Put"/> returns, so that a test sees one order of events only.
/// </summary>
public sealed class MemoryStore : IStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, MemoryLog> _byName = [];
    private readonly List<MemoryLog> _logs = [];
    private readonly MemorySessions _sessions = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _producerWindow;
    private readonly StoreIdentity _identity;

    /// <param name="producerWindow">How long producers' sequence numbers are remembered; default 600 seconds.</param>
    /// <param name="identity">Null: a new one, so that clients of an earlier process see that its logs are gone.</param>
    public MemoryStore(TimeProvider time, TimeSpan? producerWindow = null, StoreIdentity? identity = null)
    {
        _time = time;
        _producerWindow = producerWindow ?? TimeSpan.FromSeconds(600);
        _identity = identity ?? new StoreIdentity(
            new Guid(RandomNumberGenerator.GetBytes(16)), 1, new Dictionary<byte, byte[]> { [1] = RandomNumberGenerator.GetBytes(32) });
    }

    public string Description => "memory";

    public bool IsDurable => false;

    public StoreHealth Health { get; } = new(true, null);

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    public ValueTask<StoreIdentity> OpenAsync(CancellationToken cancellation = default) => ValueTask.FromResult(_identity);

    public ValueTask<OpenLog> OpenAsync(ChannelName channel, ShardFence? fence = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!_byName.TryGetValue(channel.Value, out var log))
            {
                log = new MemoryLog(new LogId(_logs.Count + 1));
                _logs.Add(log);
                _byName.Add(channel.Value, log);
            }

            return ValueTask.FromResult(log.Open(LogEpoch.Of(_identity, 1), Now - (long)_producerWindow.TotalMilliseconds));
        }
    }

    public void Append(AppendRequest request, IWriteReceiver receiver)
    {
        AppendCheck.Demand(request);
        ArgumentNullException.ThrowIfNull(receiver);
        bool written;
        lock (_gate)
        {
            written = Find(request.Log) is { } log && log.Append(request);
        }

        receiver.OnWritten(request, written ? WriteOutcome.Committed : WriteOutcome.Conflict);
    }

    public ValueTask<LogSlice> ReadAsync(LogId log, long after, int limit, int maxBytes, CancellationToken cancellation = default) =>
        With(log, found => found.Read(after, limit, maxBytes), cancellation);

    public ValueTask<long> OffsetBeforeAsync(LogId log, long at, CancellationToken cancellation = default) =>
        With(log, found => found.OffsetBefore(at), cancellation);

    public ValueTask<LogSlice> HeadAsync(LogId log, CancellationToken cancellation = default) =>
        With(log, found => new LogSlice(found.Head, found.Tail, []), cancellation);

    public ValueTask<StoredSession?> LoadAsync(SessionId session, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return ValueTask.FromResult(_sessions.Load(session, Now));
        }
    }

    public void Put(SessionWrite write, IWriteReceiver receiver)
    {
        ArgumentNullException.ThrowIfNull(write);
        ArgumentOutOfRangeException.ThrowIfNegative(write.ExpectedRevision);
        ArgumentNullException.ThrowIfNull(receiver);
        bool written;
        lock (_gate)
        {
            written = _sessions.Put(write, Now);
        }

        receiver.OnWritten(write, written ? WriteOutcome.Committed : WriteOutcome.Conflict);
    }

    public ValueTask<IReadOnlyList<SessionId>> AttachedAsync(
        IReadOnlyCollection<ShardId>? shards, SessionId after, int limit, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return ValueTask.FromResult(_sessions.Attached(after, limit));
        }
    }

    public ValueTask<int> SweepAsync(long now, int limit, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return ValueTask.FromResult(_sessions.Sweep(now, limit));
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private MemoryLog? Find(LogId log) => log.Value >= 1 && log.Value <= _logs.Count ? _logs[(int)log.Value - 1] : null;

    private ValueTask<T> With<T>(LogId log, Func<MemoryLog, T> read, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return ValueTask.FromResult(read(Find(log) ?? throw new ArgumentException($"there is no log {log.Value}", nameof(log))));
        }
    }
}
