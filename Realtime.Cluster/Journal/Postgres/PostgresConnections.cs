using Npgsql;

namespace Realtime.Cluster.Journal.Postgres;

/// <summary>
/// The connections a node has, apart by what may hold up what: heartbeats wait for nothing, changes of the view not for readers, and
/// writes have their own. Each new one looks whether the database is still the one it was (another timeline: a standby was promoted).
/// </summary>
internal sealed class PostgresConnections : IAsyncDisposable
{
    private const string Common = "-c idle_in_transaction_session_timeout=5s -c tcp_user_timeout=8s -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3 -c jit=off";

    /// <summary>A batch joins a few rows with tables of any size: planned once, by index, instead of anew for every batch.</summary>
    private const string Planned = " -c plan_cache_mode=force_generic_plan -c enable_hashjoin=off -c enable_mergejoin=off -c enable_seqscan=off";

    private readonly PostgresStoreOptions _options;
    private readonly string _connection;

    public PostgresConnections(PostgresStoreOptions options)
    {
        _options = options;
        if (!PostgresAddress.TryParse(options.Connection, out var connection, out var description))
        {
            throw new ArgumentException("no connection string", nameof(options));
        }

        (_connection, Description) = (connection, description);
        var answer = Milliseconds(options.AnswerTimeout);
        Opening = Build("open", options.AnswerTimeout, "-c lock_timeout=30s", pool: 0, check: false);

        // A batch that the server gives up has written nothing; one that it does not answer is looked up.
        Writing = Build("write", options.AnswerTimeout + TimeSpan.FromSeconds(2), $"-c statement_timeout={answer} -c lock_timeout=2s" + Planned, pool: 0);
        Heartbeat = Build(
            "heartbeat", options.HeartbeatTimeout, $"-c synchronous_commit=off -c statement_timeout={Milliseconds(options.HeartbeatTimeout)}", pool: 0);
        Control = Build("control", options.AnswerTimeout, $"-c statement_timeout={answer} -c lock_timeout=2s", pool: 2);
        Reading = Build("read", options.AnswerTimeout, $"-c statement_timeout={answer} -c lock_timeout=2s", pool: options.Readers);
    }

    public string Description { get; }

    /// <summary>Before the schema is there.</summary>
    public NpgsqlDataSource Opening { get; }

    /// <summary>Every connection is a new one: whoever opens it keeps it.</summary>
    public NpgsqlDataSource Writing { get; }

    /// <summary>Every connection is a new one. A heartbeat that is lost with the database's memory does no harm, so it waits for no disk.</summary>
    public NpgsqlDataSource Heartbeat { get; }

    public NpgsqlDataSource Control { get; }

    public NpgsqlDataSource Reading { get; }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in (NpgsqlDataSource[])[Opening, Writing, Heartbeat, Control, Reading])
        {
            await source.DisposeAsync();
        }
    }

    private NpgsqlDataSource Build(string role, TimeSpan timeout, string settings, int pool, bool check = true)
    {
        var builder = new NpgsqlDataSourceBuilder(_connection);
        var connection = builder.ConnectionStringBuilder;
        connection.ApplicationName = $"{(string.IsNullOrEmpty(connection.ApplicationName) ? "realtime" : connection.ApplicationName)} {role}";
        connection.Options = string.Join(' ', new[] { connection.Options, Common, settings }.Where(part => !string.IsNullOrEmpty(part)));
        connection.Timeout = Seconds(_options.ConnectTimeout);
        connection.CommandTimeout = Seconds(timeout);
        connection.CancellationTimeout = 500;
        connection.TcpKeepAlive = true;
        connection.TcpKeepAliveTime = 5;
        connection.TcpKeepAliveInterval = 1;
        connection.Pooling = pool > 0;
        connection.Enlist = false;
        connection.Multiplexing = false;
        if (pool > 0)
        {
            connection.MinPoolSize = 0;
            connection.MaxPoolSize = pool;

            // Prepared statements are theirs alone, and no other session state is left behind.
            connection.NoResetOnClose = true;
            connection.MaxAutoPrepare = 32;
            connection.AutoPrepareMinUsages = 2;
        }

        connection.Remove("Target Session Attributes");
        if (check)
        {
            builder.UsePhysicalConnectionInitializer(Check, CheckAsync);
        }

        // Of several servers only one takes writes.
        return connection.Host!.Contains(',', StringComparison.Ordinal)
            ? builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.Primary)
            : builder.Build();
    }

    private static void Check(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand("SELECT rt.store_check()", connection);
        command.ExecuteNonQuery();
    }

    private static async Task CheckAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT rt.store_check()", connection);
        await command.ExecuteNonQueryAsync();
    }

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;

    private static int Seconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);
}
