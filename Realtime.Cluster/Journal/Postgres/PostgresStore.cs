using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal.Postgres;

/// <summary>
/// Everything in one PostgreSQL database, for any number of nodes: the rows that say who owns a shard and the logs of that shard are in
/// one database, so that a write can check its right to happen in its own transaction.
/// </summary>
public sealed class PostgresStore : IStore, IClusterStore
{
    private readonly PostgresStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly PostgresConnections _connections;
    private readonly PostgresReads _reads;
    private readonly PostgresMembers _members;
    private readonly HeartbeatConnection _heartbeat;
    private WriteLane[] _lanes = [];
    private Cleaning? _cleaning;
    private StoreIdentity? _identity;
    private bool _disposed;

    /// <exception cref="ArgumentException">The options are wrong; the message has every fault.</exception>
    public PostgresStore(PostgresStoreOptions options, TimeProvider time, ILogger<PostgresStore>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = options.Faults();
        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", faults), nameof(options));
        }

        _options = options;
        _time = time;
        _logger = logger ?? NullLogger<PostgresStore>.Instance;
        _connections = new PostgresConnections(options);
        _reads = new PostgresReads(Queries(_connections.Reading));
        _members = new PostgresMembers(Queries(_connections.Control), Description);
        _heartbeat = new HeartbeatConnection(_connections.Heartbeat, Description);
    }

    public string Description => _connections.Description;

    public bool IsDurable => true;

    public StoreHealth Health => _identity is null
        ? new StoreHealth(false, "the store is not open")
        : Array.Find(_lanes, lane => !lane.Health.IsWell)?.Health ?? new StoreHealth(true, null);

    /// <summary>Transactions so far: how many writes shared one.</summary>
    internal long Commits => _lanes.Sum(lane => lane.Commits);

    public async ValueTask<StoreIdentity> OpenAsync(CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_identity is not null)
        {
            throw new InvalidOperationException("the store is open already");
        }

        StoreIdentity identity;
        try
        {
            await using var connection = await _connections.Opening.OpenConnectionAsync(cancellation);
            await PostgresDemands.CheckAsync(connection, Description, cancellation);
            await PostgresSchema.UpgradeAsync(connection, Description, cancellation);
            identity = await PostgresIdentity.LoadOrCreateAsync(connection, cancellation);
        }
        catch (Exception e) when (PostgresFault.IsOfStore(e) && !cancellation.IsCancellationRequested)
        {
            throw Explain(e);
        }

        _cleaning = new Cleaning(Queries(_connections.Reading), _time, _options.ProducerWindow, _logger);
        _lanes =
        [
            .. Enumerable.Range(0, _options.Lanes).Select(_ => new WriteLane(
                new Guid(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16)),
                _connections.Writing,
                _options,
                _time,
                _cleaning.Trimmed,
                _logger)),
        ];

        // Last: from here on writes are taken, and somebody must be there to write them.
        _identity = identity;
        return identity;
    }

    public async ValueTask<OpenLog> OpenAsync(ChannelName channel, ShardFence? fence = null, CancellationToken cancellation = default)
    {
        var identity = _identity ?? throw NotOpen();
        var marksSince = (_time.GetUtcNow() - _options.ProducerWindow).ToUnixTimeMilliseconds();
        if (await _reads.OpenAsync(channel, fence, identity, marksSince, cancellation) is { } found)
        {
            return found;
        }

        await _reads.CreateAsync(channel, fence, cancellation);
        return await _reads.OpenAsync(channel, fence, identity, marksSince, cancellation)
            ?? throw new StoreUnavailableException($"the log of {channel} was created and is not there");
    }

    public void Append(AppendRequest request, IWriteReceiver receiver)
    {
        AppendCheck.Demand(request);
        var bytes = 128;
        for (var i = 0; i < request.Messages.Count; i++)
        {
            bytes += request.Messages[i].Size;
        }

        Write(request, receiver, bytes + (request.Marks.Count * 128), request.Fence?.Shard.Value ?? request.Log.Value);
    }

    public ValueTask<LogSlice> ReadAsync(LogId log, long after, int limit, int maxBytes, CancellationToken cancellation = default) =>
        Reads.ReadAsync(log, after, limit, maxBytes, cancellation);

    public ValueTask<long> OffsetBeforeAsync(LogId log, long at, CancellationToken cancellation = default) =>
        Reads.OffsetBeforeAsync(log, at, cancellation);

    public ValueTask<IReadOnlyList<OldestMessage>> OldestAsync(LogId after, int limit, CancellationToken cancellation = default) =>
        Reads.OldestAsync(after, limit, cancellation);

    /// <summary>While a batch whose answer was lost may still commit, no head is an answer: whoever asks wants to know what became of it.</summary>
    public ValueTask<LogSlice> HeadAsync(LogId log, CancellationToken cancellation = default) => Array.Exists(_lanes, lane => lane.InDoubt)
        ? throw new StoreUnavailableException("a write whose answer was lost may still be under way")
        : Reads.HeadAsync(log, cancellation);

    public ValueTask<StoredSession?> LoadAsync(SessionId session, CancellationToken cancellation = default) =>
        Reads.SessionAsync(session, _time.GetUtcNow().ToUnixTimeMilliseconds(), cancellation);

    public void Put(SessionWrite write, IWriteReceiver receiver)
    {
        ArgumentNullException.ThrowIfNull(write);
        ArgumentOutOfRangeException.ThrowIfNegative(write.ExpectedRevision);
        Write(write, receiver, 128 + (write.Record?.CalculateSize() ?? 0), write.Fence?.Shard.Value ?? (long)(ulong)write.Session.Value);
    }

    public ValueTask<IReadOnlyList<SessionId>> AttachedAsync(
        IReadOnlyCollection<ShardId>? shards, SessionId after, int limit, CancellationToken cancellation = default) =>
        Reads.AttachedAsync(shards, after, limit, cancellation);

    public ValueTask<int> SweepAsync(long now, int limit, CancellationToken cancellation = default) => Reads.SweepAsync(now, limit, cancellation);

    public ValueTask FoundAsync(ClusterCharter charter, CancellationToken cancellation = default) => Members.FoundAsync(charter, cancellation);

    public ValueTask<NodeRow?> FindAsync(NodeId name, CancellationToken cancellation = default) => Members.FindAsync(name, cancellation);

    public ValueTask<JoinResult> JoinAsync(NodeProfile profile, NodeRow? seen, CancellationToken cancellation = default) =>
        Members.JoinAsync(profile, seen, cancellation);

    public HeartbeatResult Heartbeat(HeartbeatRequest request) => _identity is null ? throw NotOpen() : _heartbeat.Beat(request);

    public ValueTask<ViewDelta> ViewAsync(long since, CancellationToken cancellation = default) => Members.ViewAsync(since, cancellation);

    public ValueTask<bool> EvictAsync(
        Incarnation self, Incarnation victim, long seenHeartbeat, CancellationToken cancellation = default) =>
        Members.EvictAsync(self, victim, seenHeartbeat, cancellation);

    public ValueTask<ShardGrant> AcquireAsync(Incarnation self, IReadOnlyList<ShardId> wanted, CancellationToken cancellation = default) =>
        Members.AcquireAsync(self, wanted, cancellation);

    public ValueTask<ShardGrant> HandOffAsync(
        Incarnation self, Incarnation to, IReadOnlyList<ShardFence> shards, CancellationToken cancellation = default) =>
        Members.HandOffAsync(self, to, shards, cancellation);

    public ValueTask<bool> DrainAsync(Incarnation self, bool draining, CancellationToken cancellation = default) =>
        Members.DrainAsync(self, draining, cancellation);

    public ValueTask<DrainResult> DrainUnlessLastAsync(Incarnation self, CancellationToken cancellation = default) =>
        Members.DrainUnlessLastAsync(self, cancellation);

    public ValueTask LeaveAsync(Incarnation self, CancellationToken cancellation = default) => Members.LeaveAsync(self, cancellation);

    /// <summary>Refuses new writes, commits those that wait, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (_cleaning is { } cleaning)
        {
            await cleaning.DisposeAsync();
        }

        foreach (var lane in _lanes)
        {
            await lane.DisposeAsync();
        }

        _heartbeat.Dispose();
        await _connections.DisposeAsync();
    }

    private PostgresReads Reads => _identity is null ? throw NotOpen() : _reads;

    private PostgresMembers Members => _identity is null ? throw NotOpen() : _members;

    private PostgresQueries Queries(NpgsqlDataSource source) => new(source, Description, _time, _options.ReconnectPause / 8);

    /// <param name="key">All writes with one key take one lane, and so keep their order.</param>
    private void Write(object request, IWriteReceiver receiver, int bytes, long key)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        if (_identity is null)
        {
            throw NotOpen();
        }

        var lane = _lanes[(int)((ulong)key % (ulong)_lanes.Length)];
        if (lane.TryAdd(new PendingWrite(request, receiver, bytes)) is { } refused)
        {
            receiver.OnWritten(request, refused);
        }
    }

    private StoreFaultException Explain(Exception e) => e switch
    {
        InvalidDataException => new StoreFaultException(
            StoreFault.Corrupt, $"The store {Description} is damaged: {e.Message}. Restore the database from a backup.", e),
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } => new StoreFaultException(
            StoreFault.CannotOpen,
            $"The store {Description} cannot be opened: {e.Message}. The role needs CREATE on the database once, and its own schema rt.",
            e),
        _ => new StoreFaultException(StoreFault.CannotOpen, $"The store {Description} cannot be opened: {e.Message}", e),
    };

    private static InvalidOperationException NotOpen() => new("the store is not open");
}
