using System.Net;
using Npgsql;
using Realtime.Tests.Cluster.Checking;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Stage;

/// <summary>A PostgreSQL server of the stage's own. It is told to write down who declares whom dead: the rows themselves are gone when a name is taken again.</summary>
internal sealed class PostgresStageStore : StageStore
{
    private const string Watch =
        """
        CREATE SCHEMA audit;
        CREATE TABLE audit.verdict (id bigserial PRIMARY KEY, node text, incarnation bigint, by_node text, reason text, at timestamptz);
        CREATE FUNCTION audit.on_verdict() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO audit.verdict (node, incarnation, by_node, reason, at)
                VALUES (NEW.name, NEW.incarnation, split_part(current_setting('application_name'), ' ', 1), NEW.verdict, clock_timestamp());
            RETURN NULL;
        END $$;
        CREATE TRIGGER judged AFTER UPDATE OF verdict ON rt.member
            FOR EACH ROW WHEN (OLD.verdict IS NULL AND NEW.verdict IS NOT NULL) EXECUTE FUNCTION audit.on_verdict();
        """;

    private readonly string _database;
    private readonly NpgsqlDataSource _source;

    private PostgresStageStore(PostgresServer server, string database)
    {
        Server = server;
        _database = database;
        _source = NpgsqlDataSource.Create(server.ConnectionString(database) + ";Pooling=false;Application Name=stage");
        var address = new NpgsqlConnectionStringBuilder(server.ConnectionString(database));
        Endpoint = new IPEndPoint(IPAddress.Parse(address.Host!), address.Port);
    }

    public PostgresServer Server { get; }

    public override IPEndPoint? Endpoint { get; }

    public static async Task<PostgresStageStore> StartAsync()
    {
        Required.OrSkip(PostgresServer.Missing);
        var server = await PostgresServer.StartAsync();
        return new PostgresStageStore(server, await server.CreateDatabaseAsync());
    }

    public override string Address(string node, int? port) =>
        $"postgres:Host=127.0.0.1;Port={port};Username=postgres;Database={_database};Application Name={node}";

    /// <summary>Every connection of these nodes; how many there were.</summary>
    public async Task<long> KillBackendsAsync(IEnumerable<string> nodes)
    {
        long killed = 0;
        foreach (var node in nodes)
        {
            killed += await Server.KillBackendsAsync(_database, $"{node}%");
        }

        return killed;
    }

    /// <summary>What a promoted standby looks like to those who knew the old primary, from their next connections on.</summary>
    public Task AnotherTimelineAsync() => Server.ScalarAsync(_database, "UPDATE rt.store SET timeline = timeline + 7");

    public override async Task WatchAsync()
    {
        await using var watch = _source.CreateCommand(Watch);
        await watch.ExecuteNonQueryAsync();
    }

    public override async Task<IReadOnlyList<Verdict>> VerdictsAsync()
    {
        await using var command = _source.CreateCommand("SELECT node, incarnation, by_node, reason, at FROM audit.verdict ORDER BY id");
        await using var reader = await command.ExecuteReaderAsync();
        var all = new List<Verdict>();
        while (await reader.ReadAsync())
        {
            all.Add(new Verdict(reader.GetString(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetFieldValue<DateTimeOffset>(4)));
        }

        return all;
    }

    public override async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await Server.DisposeAsync();
    }

    protected override async Task<IReadOnlyList<(string PersistenceId, byte[] Message)>> ReadAsync()
    {
        await using var command = _source.CreateCommand("SELECT persistence_id, message FROM rt.channel_event ORDER BY persistence_id, sequence_number");
        await using var reader = await command.ExecuteReaderAsync();
        var all = new List<(string, byte[])>();
        while (await reader.ReadAsync())
        {
            all.Add((reader.GetString(0), reader.GetFieldValue<byte[]>(1)));
        }

        return all;
    }
}
