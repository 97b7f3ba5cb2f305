using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>
/// Everything in one SQLite file: one thread writes and commits for many callers at once, a few connections read. A write is acknowledged
/// after its commit has reached the disk. For one process, or, to try a cluster out on one machine, for several that share the file.
/// </summary>
public sealed class SqliteStore : IStore, IClusterStore
{
    private readonly SqliteStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WriteQueue _queue;
    private readonly SqliteReaderPool _readers;
    private readonly ClusterConnection _control;
    private readonly ClusterConnection _heartbeat;
    private StoreLock? _lock;
    private SqliteWriter? _writer;
    private StoreIdentity? _identity;
    private bool _disposed;

    /// <exception cref="ArgumentException">The options are wrong; the message has every fault.</exception>
    public SqliteStore(SqliteStoreOptions options, TimeProvider time, ILogger<SqliteStore>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = options.Faults();
        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", faults), nameof(options));
        }

        _options = options with { Path = Path.GetFullPath(options.Path) };
        _time = time;
        _logger = logger ?? NullLogger<SqliteStore>.Instance;
        _queue = new WriteQueue(new WriteBounds(_options.QueueItems, _options.QueueBytes, _options.BatchItems, _options.BatchBytes));
        _readers = new SqliteReaderPool(_options);
        _control = new ClusterConnection(_options, () => SqliteConnections.Cluster(_options, durable: true));
        _heartbeat = new ClusterConnection(_options, () => SqliteConnections.Cluster(_options, durable: false));
    }

    public string Description => $"sqlite:{_options.Path}";

    public bool IsDurable => true;

    public StoreHealth Health => _writer?.Health ?? new StoreHealth(false, "the store is not open");

    public bool HoldsName => _options.Node is not null;

    /// <summary>Transactions so far: how many writes shared one.</summary>
    internal long Commits => _writer?.Commits ?? 0;

    public async ValueTask<StoreIdentity> OpenAsync(CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_writer is not null)
        {
            throw new InvalidOperationException("the store is open already");
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_options.Path)!);
            _lock = await StoreLock.TakeAsync(_options.Path, _options.Node, _time, cancellation);

            // Upgrading and looking at the pages may take a while and only blocks.
            return await Task.Run(() => Open(_lock), CancellationToken.None);
        }
        catch (Exception e)
        {
            _lock?.Dispose();
            _lock = null;
            throw e is StoreFaultException or OperationCanceledException ? e : Explain(e);
        }
    }

    private StoreIdentity Open(StoreLock taken)
    {
        SqliteDatabase? database = null;
        try
        {
            if (taken.IsAlone)
            {
                IntegrityLook.AtFile(_options.Path);
                PrivateFile.Ensure(_options.Path);
            }

            database = SqliteConnections.Writer(_options);
            SqliteSchema.Upgrade(database, _options.Path, taken.IsAlone);
            if (taken.IsAlone)
            {
                // Of a file that others have open the first of them has seen to this; and from now on they write.
                IntegrityLook.AtPages(database, _options.Path, _options.FullCheckBytes);
            }

            var identity = SqliteIdentity.LoadOrCreate(database);
            taken.Opened();
            _writer = new SqliteWriter(_queue, database, _options, _time, _logger);

            // Last: from here on writes are taken, and somebody must be there to write them.
            _identity = identity;
            return identity;
        }
        catch (Exception)
        {
            database?.Dispose();
            throw;
        }
    }

    private StoreFaultException Explain(Exception e) => e switch
    {
        SqliteFault { IsCorrupt: true } or SqliteFault { Code: SQLitePCL.raw.SQLITE_ERROR } or InvalidDataException =>
            IntegrityLook.Corrupt(_options.Path, e.Message, e),
        SqliteFault { IsBusy: true } => new StoreFaultException(
            StoreFault.InUse, $"The store {_options.Path} is in use by another program. Close whatever has it open.", e),
        _ => new StoreFaultException(StoreFault.CannotOpen, $"The store {_options.Path} cannot be opened: {e.Message}.", e),
    };

    public async ValueTask<OpenLog> OpenAsync(ChannelName channel, ShardFence? fence = null, CancellationToken cancellation = default)
    {
        var identity = _identity ?? throw NotOpen();
        var marksSince = (_time.GetUtcNow() - _options.ProducerWindow).ToUnixTimeMilliseconds();
        if (await Read(reader => reader.Open(channel, identity, marksSince, fence), cancellation) is { } found)
        {
            return found;
        }

        await WriteAsync(new CreateLog(channel, fence), cancellation);
        return await Read(reader => reader.Open(channel, identity, marksSince, fence), cancellation)
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

        Write(request, receiver, bytes + (request.Marks.Count * 128));
    }

    public ValueTask<LogSlice> ReadAsync(LogId log, long after, int limit, int maxBytes, CancellationToken cancellation = default) =>
        Read(reader => reader.Read(log, after, limit, maxBytes), cancellation);

    public ValueTask<long> OffsetBeforeAsync(LogId log, long at, CancellationToken cancellation = default) =>
        Read(reader => reader.OffsetBefore(log, at), cancellation);

    public ValueTask<IReadOnlyList<OldestMessage>> OldestAsync(LogId after, int limit, CancellationToken cancellation = default) =>
        Read(reader => reader.Oldest(after, limit), cancellation);

    public ValueTask<LogSlice> HeadAsync(LogId log, CancellationToken cancellation = default) =>
        Read(reader => reader.Head(log), cancellation);

    public ValueTask<StoredSession?> LoadAsync(SessionId session, CancellationToken cancellation = default) =>
        Read(reader => reader.Session(session, _time.GetUtcNow().ToUnixTimeMilliseconds()), cancellation);

    public void Put(SessionWrite write, IWriteReceiver receiver)
    {
        ArgumentNullException.ThrowIfNull(write);
        ArgumentOutOfRangeException.ThrowIfNegative(write.ExpectedRevision);
        Write(write, receiver, 128 + (write.Record?.CalculateSize() ?? 0));
    }

    public ValueTask<IReadOnlyList<SessionId>> AttachedAsync(
        IReadOnlyCollection<ShardId>? shards, SessionId after, int limit, CancellationToken cancellation = default)
    {
        var wanted = shards?.Select(shard => (long)shard.Value).ToHashSet();
        return Read(reader => reader.Attached(wanted, after, limit), cancellation);
    }

    public async ValueTask<int> SweepAsync(long now, int limit, CancellationToken cancellation = default)
    {
        var sweep = new SweepSessions(now, limit);
        await WriteAsync(sweep, cancellation);
        return sweep.Deleted;
    }

    public async ValueTask FoundAsync(ClusterCharter charter, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(charter);
        ArgumentOutOfRangeException.ThrowIfLessThan(charter.Shards, 1);
        await Control(cluster => cluster.Found(charter, Description), cancellation);
    }

    public ValueTask<NodeRow?> FindAsync(NodeId name, CancellationToken cancellation = default) =>
        Control(cluster => cluster.Find(name), cancellation);

    public ValueTask<JoinResult> JoinAsync(NodeProfile profile, NodeRow? seen, CancellationToken cancellation = default) =>
        Control(cluster => cluster.Join(profile, seen, dead: profile.Name == _options.Node), cancellation);

    public HeartbeatResult Heartbeat(HeartbeatRequest request) =>
        _identity is null ? throw NotOpen() : _heartbeat.Run(cluster => cluster.Heartbeat(request));

    public ValueTask<ViewDelta> ViewAsync(long since, CancellationToken cancellation = default) =>
        Control(cluster => cluster.View(since), cancellation);

    public ValueTask<bool> EvictAsync(Incarnation self, Incarnation victim, long seenHeartbeat, CancellationToken cancellation = default) =>
        Control(cluster => cluster.Evict(self, victim, seenHeartbeat), cancellation);

    public ValueTask<ShardGrant> AcquireAsync(Incarnation self, IReadOnlyList<ShardId> wanted, CancellationToken cancellation = default) =>
        Control(cluster => cluster.Acquire(self, wanted), cancellation);

    public ValueTask<ShardGrant> HandOffAsync(
        Incarnation self, Incarnation to, IReadOnlyList<ShardFence> shards, CancellationToken cancellation = default) =>
        Control(cluster => cluster.HandOff(self, to, shards), cancellation);

    public ValueTask<bool> DrainAsync(Incarnation self, bool draining, CancellationToken cancellation = default) =>
        Control(cluster => cluster.Drain(self, draining), cancellation);

    public ValueTask<DrainResult> DrainUnlessLastAsync(Incarnation self, CancellationToken cancellation = default) =>
        Control(cluster => cluster.DrainUnlessLast(self), cancellation);

    public async ValueTask LeaveAsync(Incarnation self, CancellationToken cancellation = default) =>
        await Control(cluster => cluster.Leave(self), cancellation);

    /// <summary>Refuses new writes, commits those that wait, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _control.Dispose();
        _heartbeat.Dispose();
        await _readers.DisposeAsync();
        if (_writer is { } writer)
        {
            await writer.DisposeAsync();
        }

        _lock?.Dispose();
    }

    private ValueTask<T> Read<T>(Func<SqliteReader, T> read, CancellationToken cancellation) =>
        _identity is null ? throw NotOpen() : _readers.ReadAsync(read, cancellation);

    private ValueTask<T> Control<T>(Func<ClusterStatements, T> step, CancellationToken cancellation) =>
        _identity is null ? throw NotOpen() : _control.RunAsync(step, cancellation);

    private void Write(object request, IWriteReceiver receiver, int bytes)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        if (_identity is null)
        {
            throw NotOpen();
        }

        if (_queue.TryAdd(new PendingWrite(request, receiver, bytes)) is { } refused)
        {
            receiver.OnWritten(request, refused);
        }
    }

    private async Task WriteAsync(object request, CancellationToken cancellation)
    {
        var written = new AwaitedWrite();
        Write(request, written, bytes: 256);
        var outcome = await written.Outcome.WaitAsync(cancellation);
        if (outcome == WriteOutcome.Fenced)
        {
            throw new StoreFencedException("the shard belongs to somebody else");
        }

        if (outcome != WriteOutcome.Committed)
        {
            throw new StoreUnavailableException($"the store {_options.Path} cannot write now ({outcome})");
        }
    }

    private static InvalidOperationException NotOpen() => new("the store is not open");
}
