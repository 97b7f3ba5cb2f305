using System.Net;
using Npgsql;
using Realtime.Cluster.Journal;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Tests.Cluster.Checking;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Stage;

/// <summary>
/// A PostgreSQL server of the stage's own. It is told to write down, at the commit itself, who moved a log's head and who owned the shard in that
/// moment: without that a broken fence would only show when the other nets fail as well.
/// </summary>
internal sealed class PostgresStageStore : StageStore
{
    private const string Watch =
        """
        CREATE SCHEMA audit;
        CREATE TABLE audit.channel (name text PRIMARY KEY, shard int NOT NULL);
        CREATE TABLE audit.head_move (id bigserial PRIMARY KEY, channel text, from_head bigint, to_head bigint, writer text, epoch bigint, owner text);
        CREATE TABLE audit.owner_move (id bigserial PRIMARY KEY, shard int, epoch bigint, owner bigint);
        CREATE TABLE audit.death (id bigserial PRIMARY KEY, node text, inc bigint, by_node text, at timestamptz);
        CREATE FUNCTION audit.me() RETURNS text LANGUAGE sql STABLE AS $$ SELECT split_part(current_setting('application_name'), ' ', 1) $$;
        CREATE FUNCTION audit.on_head() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO audit.head_move (channel, from_head, to_head, writer, epoch, owner)
                SELECT NEW.name, OLD.head, NEW.head, audit.me(), s.epoch, n.name
                    FROM audit.channel c JOIN rt.shard s ON s.shard_id = c.shard LEFT JOIN rt.node n ON n.inc = s.owner WHERE c.name = NEW.name;
            RETURN NULL;
        END $$;
        CREATE FUNCTION audit.on_owner() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO audit.owner_move (shard, epoch, owner) VALUES (NEW.shard_id, NEW.epoch, NEW.owner);
            RETURN NULL;
        END $$;
        CREATE FUNCTION audit.on_death() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO audit.death (node, inc, by_node, at) VALUES (NEW.name, NEW.inc, audit.me(), clock_timestamp());
            RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER head_moved AFTER UPDATE OF head ON rt.log DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW WHEN (NEW.head > OLD.head) EXECUTE FUNCTION audit.on_head();
        CREATE TRIGGER owner_moved AFTER UPDATE ON rt.shard FOR EACH ROW EXECUTE FUNCTION audit.on_owner();
        CREATE TRIGGER died AFTER UPDATE OF status ON rt.node FOR EACH ROW WHEN (NEW.status = 4 AND OLD.status < 4) EXECUTE FUNCTION audit.on_death();
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
        var server = await PostgresServer.StartAsync();
        return new PostgresStageStore(server, await server.CreateDatabaseAsync());
    }

    public override string Address(string node, int? port) =>
        $"postgres:Host=127.0.0.1;Port={port};Username=postgres;Database={_database};Application Name={node}";

    /// <summary>Every connection of these nodes, heartbeats too; how many there were.</summary>
    public async Task<long> KillBackendsAsync(IEnumerable<string> nodes)
    {
        long killed = 0;
        foreach (var node in nodes)
        {
            killed += await Server.KillBackendsAsync(_database, $"{node} %");
        }

        return killed;
    }

    /// <summary>
    /// Changes the function that writes, as the database has it: a guard that is taken out here is out for every node. Connections that have
    /// planned the old one plan anew.
    /// </summary>
    public async Task MutateWriteAsync(params (string Guard, string Instead)[] changes)
    {
        var source = (string)(await Server.ScalarAsync(_database, "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'rt'::regnamespace AND proname = 'write'"))!;
        foreach (var (guard, instead) in changes)
        {
            source.ShouldContain(guard, customMessage: "the guard to take out");
            source = source.Replace(guard, instead, StringComparison.Ordinal);
        }

        await Server.ScalarAsync(_database, source);
    }

    public override async Task WatchAsync(IReadOnlyCollection<string> channels, int shards)
    {
        await using (var watch = _source.CreateCommand(Watch))
        {
            await watch.ExecuteNonQueryAsync();
        }

        await using var insert = _source.CreateCommand("INSERT INTO audit.channel SELECT * FROM unnest($1, $2)");
        insert.Parameters.AddWithValue(channels.ToArray());
        insert.Parameters.AddWithValue(channels.Select(channel => ShardHash.Of(EntityAddress.Of(ChannelName.Parse(channel)), shards).Value).ToArray());
        await insert.ExecuteNonQueryAsync();
    }

    public override async Task<ClusterRows> RowsAsync()
    {
        var nodes = await ReadAsync("SELECT name, inc FROM rt.node WHERE status = 2", row => (row.GetString(0), row.GetInt64(1)));
        var shards = await ReadAsync("SELECT shard_id, epoch, owner FROM rt.shard", row => (row.GetInt32(0), row.GetInt64(1), Maybe(row, 2)));
        return new ClusterRows(nodes.ToDictionary(node => node.Item1, node => node.Item2), shards.ToDictionary(shard => shard.Item1, shard => (shard.Item2, shard.Item3)));
    }

    public override async Task<IReadOnlyList<Death>?> DeathsAsync() => await ReadAsync(
        "SELECT node, inc, by_node, (extract(epoch FROM at) * 1000)::bigint FROM audit.death ORDER BY id",
        row => new Death(row.GetString(0), row.GetInt64(1), row.GetString(2), row.GetInt64(3)));

    public override async Task<FinalState> FinalAsync(IReadOnlyList<string> wrongEvictions)
    {
        var identity = (await ReadAsync("SELECT store_id, store_epoch FROM rt.cluster", row => (row.GetGuid(0), row.GetInt64(1)))).Single();
        var logs = await ReadAsync(
            "SELECT id, name, epoch, head, tail FROM rt.log",
            row => (Id: row.GetInt64(0), Name: row.GetString(1), Epoch: row.GetInt64(2), Head: row.GetInt64(3), Tail: row.GetInt64(4)));
        var rows = (await ReadAsync(
            "SELECT j.log, j.off, j.record FROM rt.journal j JOIN rt.log l ON l.id = j.log WHERE j.off >= l.tail ORDER BY j.log, j.off",
            row => (Log: row.GetInt64(0), Message: KeyValuePair.Create(row.GetInt64(1), PayloadOf(row.GetInt64(1), row.GetFieldValue<byte[]>(2)))))).ToLookup(row => row.Log, row => row.Message);
        var store = new StoreIdentity(identity.Item1, identity.Item2, new Dictionary<byte, byte[]>());
        var heads = await ReadAsync(
            "SELECT channel, from_head, to_head, writer, epoch, owner FROM audit.head_move ORDER BY id",
            row => new HeadMove(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3), row.GetInt64(4), row.IsDBNull(5) ? null : row.GetString(5)));
        var owners = await ReadAsync(
            "SELECT shard, epoch, owner FROM audit.owner_move ORDER BY id", row => new OwnerMove(row.GetInt32(0), row.GetInt64(1), Maybe(row, 2)));
        var cluster = await RowsAsync();
        return new FinalState(
            logs.ToDictionary(log => log.Name, log => new FinalLog(log.Name, LogEpoch.Of(store, log.Epoch).ToString(), log.Head, log.Tail, [.. rows[log.Id]])),
            cluster.Owners.Count,
            cluster.Unowned,
            heads,
            owners,
            wrongEvictions);
    }

    public override async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await Server.DisposeAsync();
    }

    private static long? Maybe(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    private async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var command = _source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var all = new List<T>();
        while (await reader.ReadAsync())
        {
            all.Add(read(reader));
        }

        return all;
    }
}
