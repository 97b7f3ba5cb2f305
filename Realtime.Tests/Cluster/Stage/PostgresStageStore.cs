using System.Net;
using Npgsql;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Stage;

/// <summary>A PostgreSQL server of the stage's own.</summary>
internal sealed class PostgresStageStore : StageStore
{
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
