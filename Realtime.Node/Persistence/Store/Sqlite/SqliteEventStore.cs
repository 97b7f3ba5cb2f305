using System.Globalization;
using System.Security.Cryptography;
using LinqToDB;
using LinqToDB.DataProvider.SQLite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SQLitePCL;

namespace Realtime.Node.Persistence.Store.Sqlite;

/// <summary>
/// Events in a SQLite file that one process has for itself, or in memory. Every commit is on the disk (WAL, synchronous FULL) before it is
/// answered; the memory database differs in nothing but that.
/// </summary>
public sealed class SqliteEventStore : EventStore
{
    /// <summary>Between two looks at the files of a store into which nobody writes; each transaction looks by itself.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private readonly SqliteEventStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly StoreLogging _log;
    private readonly string? _path;
    private readonly string _connection;
    private readonly string _settings;
    private readonly TransactionTurns _turns = new();
    private readonly FileLease _lease = new();
    private FileStream? _lock;
    private IDisposable? _sizeLimit;
    private StoreFiles? _files;
    private ITimer? _looking;

    /// <summary>Open as long as the store: the memory database lives as long as one connection.</summary>
    private SqliteConnection? _keeper;

    /// <param name="time">Null: the system's.</param>
    /// <param name="logger">Null: nothing is logged.</param>
    public SqliteEventStore(SqliteEventStoreOptions options, TimeProvider? time = null, ILogger<SqliteEventStore>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _time, _log) = (options, time ?? TimeProvider.System, new StoreLogging(logger ?? NullLogger<SqliteEventStore>.Instance));
        _path = options.Path is null ? null : Path.GetFullPath(options.Path);
        Description = _path ?? "memory";
        _connection = new SqliteConnectionStringBuilder
        {
            DataSource = _path ?? $"file:/realtime-{RandomNumberGenerator.GetHexString(16, lowercase: true)}?vfs=memdb",
            DefaultTimeout = Math.Max(1, (int)Math.Ceiling(options.BusyTimeout.TotalSeconds)),
            Pooling = true,
        }.ConnectionString;

        var limit = options.MaxBytes is { } bytes ? $"; PRAGMA max_page_count = {bytes / PageBytes}" : "";
        _settings = string.Create(
            CultureInfo.InvariantCulture,
            $"PRAGMA busy_timeout = {(long)options.BusyTimeout.TotalMilliseconds}; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON{limit}");
        DataOptions = new TransactionTurnInterceptors(_turns, _settings, CheckFiles).AddTo(new DataOptions()
            .UseConnectionString(ProviderName.SQLiteMS, _connection)
            .UseDataProvider(SQLiteTools.GetDataProvider(SQLiteProvider.Microsoft)));
    }

    /// <summary>Of the disk behind what a write takes there: once in the write-ahead log, once in the database.</summary>
    private const long SpareBytes = 1 << 20;

    public override string Description { get; }

    public override bool IsDurable => _path is not null;

    public override DataOptions DataOptions { get; }

    public override IWriterLease Lease => _lease;

    internal override string? Schema => null;

    internal override int Writers => 1;

    internal override int Readers => 1;

    private static int PageBytes => 4096;

    public override async ValueTask DisposeAsync()
    {
        await _turns.DisposeAsync();

        // Before the last connection closes, which deletes the write-ahead log.
        if (_looking is not null)
        {
            await _looking.DisposeAsync();
            (_looking, _files) = (null, null);
        }

        if (_keeper is not null)
        {
            await _keeper.DisposeAsync();
            SqliteConnection.ClearPool(new SqliteConnection(_connection));
            _keeper = null;
        }

        // Last: from here on another process may have the file.
        GiveUpFile();
    }

    /// <remarks>Not within a limit of the database's own.</remarks>
    internal override bool? HasRoomFor(long bytes)
    {
        if (_path is null || _options.MaxBytes is not null)
        {
            return null;
        }

        try
        {
            var disk = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(_path)! : Path.GetDirectoryName(_path)!);
            return disk.AvailableFreeSpace - SpareBytes >= 2 * bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    internal override SnapshotQueries Snapshots() => new SqliteSnapshotQueries(Connect, SnapshotTable);

    internal override EventQueries Queries(EventTable table) => new SqliteEventQueries(Connect, _turns, table);

    /// <summary>A connection of the pool, with the store's settings.</summary>
    internal SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_connection);
        connection.Open();
        SqliteFormat.Run(connection, _settings);
        return connection;
    }

    /// <remarks>Checking the pages of a file may take a while and only blocks.</remarks>
    protected override Task<OpenedStore> OpenCoreAsync(CancellationToken cancellation) => Task.Run(Open, cancellation);

    private OpenedStore Open()
    {
        try
        {
            if (_path is not null)
            {
                _sizeLimit = FileSizeLimit.LetWritesFail();
                Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
                _lock = StoreFileLock.Take(_path);
                SqliteFileCheck.AtFile(_path);
                StoreFileLock.Ensure(_path);
            }

            _keeper = Connect();
            SqliteFormat.Demand(_keeper, Description);
            if (_path is not null)
            {
                SqliteFormat.Run(_keeper, "PRAGMA journal_mode = WAL");
                SqliteFileCheck.AtPages(_keeper, _path, _options.FullCheckBytes);
            }

            var opened = SqliteIdentity.Begin(_keeper);
            if (_path is not null)
            {
                _files = new StoreFiles(_path);
                _looking = _time.CreateTimer(_ => CheckFiles(), null, LookEvery, LookEvery);
            }

            return opened;
        }
        catch (Exception e)
        {
            _keeper?.Dispose();
            SqliteConnection.ClearPool(new SqliteConnection(_connection));
            _keeper = null;
            GiveUpFile();
            throw e as StoreFaultException ?? Explain(e);
        }
    }

    private void GiveUpFile()
    {
        _sizeLimit?.Dispose();
        _lock?.Dispose();
        (_sizeLimit, _lock) = (null, null);
    }

    /// <summary>
    /// Behind each commit, before it is answered: what was written into files that are there afterwards is in them. And by the clock.
    /// </summary>
    private void CheckFiles()
    {
        if (_files?.Loss() is { } why && _lease.TryLose())
        {
            _log.ClaimLost(why);
            LoseClaim(why);
        }
    }

    private StoreFaultException Explain(Exception e) => e switch
    {
        SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_ERROR } or InvalidDataException =>
            SqliteFileCheck.Corrupt(Description, StoreFailures.TextOf(e), e),
        SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED } => new StoreFaultException(
            StoreFault.InUse, $"The store {Description} is in use by another program. Close whatever has it open.", e),
        _ => new StoreFaultException(StoreFault.CannotOpen, $"The store {Description} cannot be opened: {StoreFailures.TextOf(e)}.", e),
    };
}
