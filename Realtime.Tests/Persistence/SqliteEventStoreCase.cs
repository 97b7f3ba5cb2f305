using Microsoft.Data.Sqlite;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Persistence.Store.Sqlite;

namespace Realtime.Tests.Persistence;

/// <param name="memory">True: nothing of it is in a file.</param>
internal sealed class SqliteEventStoreCase(bool memory = false, Func<SqliteEventStoreOptions, SqliteEventStoreOptions>? configure = null) : EventStoreCase
{
    private readonly string? _folder = memory ? null : Directory.CreateTempSubdirectory("realtime-events-").FullName;

    public string File => Path.Combine(_folder ?? throw new InvalidOperationException("in memory"), "events.db");

    public override string False => "0";

    /// <summary>A write that is held waits longer than the callers of these tests.</summary>
    public SqliteEventStoreOptions Options => (configure ?? (options => options))(
        new SqliteEventStoreOptions(memory ? null : File) { BusyTimeout = TimeSpan.FromSeconds(30) });

    public override string Bytes(string hex) => $"x'{hex}'";

    public override string Table(EventTable table) => table.Name;

    public override async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = ((SqliteEventStore)Store).Connect();
        await using var command = new SqliteCommand(sql, connection);
        return command.ExecuteScalar();
    }

    public override Task<IAsyncDisposable> HoldWritesAsync()
    {
        var connection = ((SqliteEventStore)Store).Connect();
        return Task.FromResult<IAsyncDisposable>(new Hold(connection, connection.BeginTransaction()));
    }

    protected override EventStore Create() => new SqliteEventStore(Options);

    protected override Task CleanAsync()
    {
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }

        return Task.CompletedTask;
    }

    private sealed class Hold(SqliteConnection connection, SqliteTransaction transaction) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
