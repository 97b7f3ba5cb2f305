using System.Globalization;
using LinqToDB;
using LinqToDB.Data;
using LinqToDB.DataProvider.PostgreSQL;
using Microsoft.Extensions.Logging;
using Npgsql;
using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Persistence.Store.Postgres;

/// <summary>
/// Events in a PostgreSQL database, which is shared by those that have a row there (<see cref="PostgresMembers"/>). Each new physical connection asks whether the
/// database is still the one it was.
/// </summary>
public sealed class PostgresEventStore : EventStore
{
    private const string Provider = ProviderName.PostgreSQL15;

    /// <summary>A node that stands still must not hold a lock on a number that its successor needs.</summary>
    private const string Settings = "-c idle_in_transaction_session_timeout=5s -c tcp_user_timeout=8s -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=1 "
        + "-c tcp_keepalives_count=3 -c jit=off";

    /// <summary>The server cuts longer names.</summary>
    private const int NameBytes = 63;

    private readonly PostgresEventStoreOptions _options;
    private readonly string _connection;
    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider _time;
    private readonly StoreLogging _log;
    private readonly MemberClaim _claim;
    private PostgresMembers? _members;

    /// <exception cref="ArgumentException">There is no connection string in the options.</exception>
    public PostgresEventStore(PostgresEventStoreOptions options, TimeProvider time, ILogger<PostgresEventStore> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!PostgresAddress.TryParse(options.Connection, out var connection, out var description))
        {
            throw new ArgumentException("no connection string", nameof(options));
        }

        _claim = options.Claim ?? MemberClaim.Nameless();
        (_options, _connection, Description, _time, _log) = (options, connection, description, time, new StoreLogging(logger));
        _source = Build(
            $"-c lock_timeout={(long)options.LockTimeout.TotalMilliseconds} -c statement_timeout={(long)options.AnswerTimeout.TotalMilliseconds}",
            "journal",
            isPooled: true);
        // By name: Akka.Persistence.Sql looks at the provider's name, linq2db opens what the factory gives it.
        DataOptions = new DataOptions()
            .WithOptions<ConnectionOptions>(o => o with { ProviderName = Provider })
            .UseDataProvider(PostgreSQLTools.GetDataProvider(PostgreSQLVersion.v15))
            .UseConnectionFactory(_ => _source.CreateConnection())
            .UseInterceptor(new YieldingInterceptor());
    }

    public override string Description { get; }

    public override bool IsDurable => true;

    public override DataOptions DataOptions { get; }

    /// <exception cref="InvalidOperationException">Not open.</exception>
    public override IWriterLease Lease => _members?.Lease ?? throw new InvalidOperationException("the store is not open");

    public override IMemberRows? Members => _members;

    internal override string? Schema => PostgresFormat.Schema;

    internal override int Writers => _options.Writers;

    internal override int Readers => _options.Readers;

    public override async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();

        // Last: from here on another process may have the name, and others go on without this one.
        if (_members is { } members)
        {
            await members.DisposeAsync();
        }
    }

    internal override SnapshotQueries Snapshots() => new PostgresSnapshotQueries(_source, $"{PostgresFormat.Schema}.{SnapshotTable}");

    internal override EventQueries Queries(EventTable table) => new PostgresEventQueries(_source, $"{PostgresFormat.Schema}.{table.Name}");

    protected override async Task<OpenedStore> OpenCoreAsync(CancellationToken cancellation)
    {
        try
        {
            await using var source = Build("-c lock_timeout=30s", "open", isPooled: false);
            await using var connection = await StorePatience.TryAsync(
                () => source.OpenConnectionAsync(cancellation).AsTask(), IsStarting, _options.StartPatience, _time, cancellation);
            await PostgresDemands.CheckAsync(connection, Description, cancellation);
            await PostgresFormat.DemandAsync(connection, Description, cancellation);
            var opened = await PostgresIdentity.BeginAsync(connection, cancellation);
            var began = await PostgresMemberOpening.TakeAsync(connection, _claim, opened.Incarnation, _options.NamePatience, Description, _time, cancellation);
            _members = NewMembers(opened.Incarnation, began, await PostgresMemberOpening.ReadEndedAsync(connection, cancellation));
            return opened;
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested
            && (e is InvalidDataException || StoreFailures.KindOf(e) == StoreFailureKind.OutOfReach || e.GetBaseException() is PostgresException or NpgsqlException))
        {
            throw Explain(e);
        }
    }

    /// <summary>It is there, and takes nobody yet: it starts, recovers, or stops to start again.</summary>
    private static bool IsStarting(Exception e) => e is PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow };

    private PostgresMembers NewMembers(Incarnation self, long began, IReadOnlyList<string> ended) => new(
        Build($"{MemberSession.Settings} -c lock_timeout=2s -c statement_timeout=3s", "member", isPooled: false, TimeSpan.FromSeconds(3)),
        self,
        began,
        _time,
        _log,
        LoseClaim)
    {
        EndedUrls = ended,
    };

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

    /// <summary>What pg_stat_activity shows: the program, the node, and what the connection is for.</summary>
    private string NameOf(string purpose)
    {
        var program = new NpgsqlConnectionStringBuilder(_connection).ApplicationName;
        var name = $"{(string.IsNullOrEmpty(program) ? "realtime" : program)} {_options.Claim?.Node}".TrimEnd();

        // The server would write other characters in several bytes each.
        var ascii = string.Concat(name.Select(c => char.IsAscii(c) && !char.IsControl(c) ? c : '?'));
        return $"{ascii[..Math.Min(ascii.Length, NameBytes - 1 - purpose.Length)]} {purpose}";
    }

    /// <param name="isPooled">False: for what happens before the tables are there.</param>
    private NpgsqlDataSource Build(string settings, string purpose, bool isPooled, TimeSpan? answer = null)
    {
        var builder = new NpgsqlDataSourceBuilder(_connection);
        var connection = builder.ConnectionStringBuilder;
        connection.ApplicationName = NameOf(purpose);
        connection.Options = string.Join(' ', new[] { connection.Options, Settings, settings }.Where(part => !string.IsNullOrEmpty(part)));
        connection.Timeout = Seconds(_options.ConnectTimeout);
        connection.CommandTimeout = Seconds((answer ?? _options.AnswerTimeout) + TimeSpan.FromSeconds(1));
        connection.CancellationTimeout = 500;
        connection.TcpKeepAlive = true;
        connection.TcpKeepAliveTime = 5;
        connection.TcpKeepAliveInterval = 1;
        connection.Enlist = false;
        connection.Multiplexing = false;
        connection.Pooling = isPooled;
        if (isPooled)
        {
            connection.MaxPoolSize = _options.Connections;
            connection.NoResetOnClose = true;
            connection.MaxAutoPrepare = 32;
            connection.AutoPrepareMinUsages = 2;
            builder.UsePhysicalConnectionInitializer(Check, CheckAsync);
        }

        connection.Remove("Target Session Attributes");

        // Of several servers only one takes writes.
        return connection.Host!.Contains(',', StringComparison.Ordinal)
            ? builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.Primary)
            : builder.Build();
    }

    private void Check(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand("SELECT rt.store_check()", connection);
        Saw(Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture));
    }

    private async Task CheckAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT rt.store_check()", connection);
        Saw(Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture));
    }

    private static int Seconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);
}
