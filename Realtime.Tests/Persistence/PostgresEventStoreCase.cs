using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Persistence.Store.Postgres;
using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

/// <summary>A database of its own on the server that tests share. One writer, so that what waits together is written together.</summary>
/// <param name="server">Null: the server that tests share.</param>
internal sealed class PostgresEventStoreCase(
    PostgresServer? server = null, Func<PostgresEventStoreOptions, PostgresEventStoreOptions>? configure = null) : EventStoreCase
{
    private PostgresServer? _server = server;
    private string? _database;

    public override string False => "false";

    public PostgresServer Server => _server ?? throw new InvalidOperationException("not started");

    public string Database => _database ?? throw new InvalidOperationException("not started");

    /// <summary>A write that is held waits longer than the callers of these tests.</summary>
    public PostgresEventStoreOptions Options => (configure ?? (options => options))(new PostgresEventStoreOptions(Server.ConnectionString(Database))
    {
        Writers = 1, LockTimeout = TimeSpan.FromSeconds(30), AnswerTimeout = TimeSpan.FromSeconds(30),
    });

    public override string Bytes(string hex) => $@"'\x{hex}'";

    public override string Table(EventTable table) => $"rt.{table.Name}";

    public override Task<object?> ScalarAsync(string sql) => Server.ScalarAsync(Database, sql);

    public override async Task<IAsyncDisposable> HoldWritesAsync()
    {
        var connection = new NpgsqlConnection(Server.ConnectionString(Database) + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("BEGIN; LOCK TABLE rt.channel_event IN EXCLUSIVE MODE", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    /// <summary>For tests that open it themselves.</summary>
    public override async Task PrepareAsync()
    {
        _server ??= await PostgresServer.SharedAsync();
        _database ??= await _server.CreateDatabaseAsync();
    }

    public PostgresEventStore Open(PostgresEventStoreOptions? options = null, TimeProvider? time = null) =>
        new(options ?? Options, time ?? TimeProvider.System, NullLogger<PostgresEventStore>.Instance);

    protected override EventStore Create() => Open();

    protected override async Task CleanAsync()
    {
        if (_database is not null)
        {
            await Server.DropDatabaseAsync(_database);
        }
    }
}
