using System.Security.Cryptography;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal.Memory;

/// <summary>
/// The same contract without a disk: for nodes that need nothing to outlive them, and for tests. Every write is decided at once and its
/// receiver is called before <see cref="Append"/> or <see cref="Put"/> returns, so that a test sees one order of events only. Several nodes of
/// one process may share it: then it is their cluster's store as well, and checks their fences.
/// </summary>
public sealed class MemoryStore : IStore, IClusterStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, MemoryLog> _byName = [];
    private readonly List<MemoryLog> _logs = [];
    private readonly MemorySessions _sessions = new();
    private readonly MemoryCluster _cluster = new();
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
            if (!_cluster.Holds(fence))
            {
                throw new StoreFencedException($"shard {fence!.Value.Shard} is not in epoch {fence.Value.Epoch} of node {fence.Value.Owner}");
            }

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
        WriteOutcome outcome;
        lock (_gate)
        {
            outcome = !_cluster.Holds(request.Fence) ? WriteOutcome.Fenced
                : Find(request.Log) is { } log && log.Append(request) ? WriteOutcome.Committed
                : WriteOutcome.Conflict;
        }

        receiver.OnWritten(request, outcome);
    }

    public ValueTask<LogSlice> ReadAsync(LogId log, long after, int limit, int maxBytes, CancellationToken cancellation = default) =>
        With(log, found => found.Read(after, limit, maxBytes), cancellation);

    public ValueTask<long> OffsetBeforeAsync(LogId log, long at, CancellationToken cancellation = default) =>
        With(log, found => found.OffsetBefore(at), cancellation);

    public ValueTask<LogSlice> HeadAsync(LogId log, CancellationToken cancellation = default) =>
        With(log, found => new LogSlice(found.Head, found.Tail, []), cancellation);

    public ValueTask<IReadOnlyList<OldestMessage>> OldestAsync(LogId after, int limit, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return ValueTask.FromResult<IReadOnlyList<OldestMessage>>(
            [
                .. _byName.Where(named => named.Value.Id.Value > after.Value && named.Value.OldestAt is not null)
                    .OrderBy(named => named.Value.Id.Value)
                    .Take(limit)
                    .Select(named => new OldestMessage(named.Value.Id, ChannelName.FromStore(named.Key), named.Value.OldestAt!.Value)),
            ]);
        }
    }

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
        WriteOutcome outcome;
        lock (_gate)
        {
            outcome = !_cluster.Holds(write.Fence) ? WriteOutcome.Fenced
                : _sessions.Put(write, Now) ? WriteOutcome.Committed
                : WriteOutcome.Conflict;
        }

        receiver.OnWritten(write, outcome);
    }

    public ValueTask<IReadOnlyList<SessionId>> AttachedAsync(
        IReadOnlyCollection<ShardId>? shards, SessionId after, int limit, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return ValueTask.FromResult(_sessions.Attached(shards, after, limit));
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

    public async ValueTask FoundAsync(ClusterCharter charter, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(charter);
        ArgumentOutOfRangeException.ThrowIfLessThan(charter.Shards, 1);
        await With(cluster =>
        {
            cluster.Found(charter, Description);
            return true;
        }, cancellation);
    }

    public ValueTask<NodeRow?> FindAsync(NodeId name, CancellationToken cancellation = default) =>
        With(cluster => cluster.Find(name), cancellation);

    public ValueTask<JoinResult> JoinAsync(NodeProfile profile, NodeRow? seen, CancellationToken cancellation = default) =>
        With(cluster => cluster.Join(profile, seen), cancellation);

    public HeartbeatResult Heartbeat(HeartbeatRequest request)
    {
        lock (_gate)
        {
            return _cluster.Heartbeat(request, _identity.StoreEpoch);
        }
    }

    public ValueTask<ViewDelta> ViewAsync(long since, CancellationToken cancellation = default) =>
        With(cluster => cluster.View(since, _identity.StoreEpoch), cancellation);

    public ValueTask<bool> EvictAsync(Incarnation self, Incarnation victim, long seenHeartbeat, CancellationToken cancellation = default) =>
        With(cluster => cluster.Evict(self, victim, seenHeartbeat), cancellation);

    public ValueTask<ShardGrant> AcquireAsync(Incarnation self, IReadOnlyList<ShardId> wanted, CancellationToken cancellation = default) =>
        With(cluster => cluster.Acquire(self, wanted), cancellation);

    public ValueTask<ShardGrant> HandOffAsync(
        Incarnation self, Incarnation to, IReadOnlyList<ShardFence> shards, CancellationToken cancellation = default) =>
        With(cluster => cluster.HandOff(self, to, shards), cancellation);

    public ValueTask<bool> DrainAsync(Incarnation self, bool draining, CancellationToken cancellation = default) =>
        With(cluster => cluster.Drain(self, draining), cancellation);

    public ValueTask<DrainResult> DrainUnlessLastAsync(Incarnation self, CancellationToken cancellation = default) =>
        With(cluster => cluster.DrainUnlessLast(self), cancellation);

    public async ValueTask LeaveAsync(Incarnation self, CancellationToken cancellation = default) => await With(cluster =>
    {
        cluster.Leave(self);
        return true;
    }, cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ValueTask<T> With<T>(Func<MemoryCluster, T> step, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return ValueTask.FromResult(step(_cluster));
        }
    }

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
