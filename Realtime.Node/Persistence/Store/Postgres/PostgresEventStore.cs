using System.Globalization;
using LinqToDB;
using LinqToDB.Data;
using LinqToDB.DataProvider.PostgreSQL;
using Npgsql;

namespace Realtime.Node.Persistence.Store.Postgres;

/// <summary>
/// Events in a PostgreSQL database that many nodes share. Each new physical connection asks whether the database is still the one it was.
/// </summary>
public sealed class PostgresEventStore : EventStore
{
    private const string Provider = ProviderName.PostgreSQL15;

    /// <summary>A node that stands still must not hold a lock on a number that its successor needs.</summary>
    private const string Settings = "-c idle_in_transaction_session_timeout=5s -c tcp_user_timeout=8s -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=1 "
        + "-c tcp_keepalives_count=3 -c jit=off";

    private readonly PostgresEventStoreOptions _options;
    private readonly string _connection;
    private readonly NpgsqlDataSource _source;

    /// <exception cref="ArgumentException">There is no connection string in the options.</exception>
    public PostgresEventStore(PostgresEventStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!PostgresAddress.TryParse(options.Connection, out var connection, out var description))
        {
            throw new ArgumentException("no connection string", nameof(options));
        }

        (_options, _connection, Description) = (options, connection, description);
        _source = Build(
            $"-c lock_timeout={(long)options.LockTimeout.TotalMilliseconds} -c statement_timeout={(long)options.AnswerTimeout.TotalMilliseconds}",
            opening: false);

        // By name: Akka.Persistence.Sql looks at the provider's name, linq2db opens what the factory gives it.
        DataOptions = new DataOptions()
            .WithOptions<ConnectionOptions>(o => o with { ProviderName = Provider })
            .UseDataProvider(PostgreSQLTools.GetDataProvider(PostgreSQLVersion.v15))
            .UseConnectionFactory(_ => _source.CreateConnection())
            .UseInterceptor(new YieldingInterceptor(settings: null));
    }

    public override string Description { get; }

    public override bool IsDurable => true;

    public override DataOptions DataOptions { get; }

    internal override string? Schema => PostgresFormat.Schema;

    internal override int Writers => _options.Writers;

    internal override int Readers => _options.Readers;

    public override ValueTask DisposeAsync() => _source.DisposeAsync();

    internal override SnapshotQueries Snapshots() => new PostgresSnapshotQueries(_source, $"{PostgresFormat.Schema}.{SnapshotTable}");

    internal override EventQueries Queries(EventTable table) => new PostgresEventQueries(_source, $"{PostgresFormat.Schema}.{table.Name}");

    protected override async Task<StoreIdentity> OpenCoreAsync(CancellationToken cancellation)
    {
        try
        {
            await using var source = Build("-c lock_timeout=30s", opening: true);
            await using var connection = await source.OpenConnectionAsync(cancellation);
            await PostgresDemands.CheckAsync(connection, Description, cancellation);
            await PostgresFormat.DemandAsync(connection, Description, cancellation);
            return await PostgresIdentity.LoadOrCreateAsync(connection, cancellation);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested
            && (e is InvalidDataException || StoreFailures.KindOf(e) == StoreFailureKind.OutOfReach || e.GetBaseException() is PostgresException or NpgsqlException))
        {
            throw Explain(e);
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

    /// <param name="opening">True: before the tables are there.</param>
    private NpgsqlDataSource Build(string settings, bool opening)
    {
        var builder = new NpgsqlDataSourceBuilder(_connection);
        var connection = builder.ConnectionStringBuilder;
        connection.ApplicationName = $"{(string.IsNullOrEmpty(connection.ApplicationName) ? "realtime" : connection.ApplicationName)} {(opening ? "open" : "journal")}";
        connection.Options = string.Join(' ', new[] { connection.Options, Settings, settings }.Where(part => !string.IsNullOrEmpty(part)));
        connection.Timeout = Seconds(_options.ConnectTimeout);
        connection.CommandTimeout = Seconds(_options.AnswerTimeout + TimeSpan.FromSeconds(1));
        connection.CancellationTimeout = 500;
        connection.TcpKeepAlive = true;
        connection.TcpKeepAliveTime = 5;
        connection.TcpKeepAliveInterval = 1;
        connection.Enlist = false;
        connection.Multiplexing = false;
        connection.Pooling = !opening;
        if (!opening)
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
