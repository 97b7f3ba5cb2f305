using Realtime.Cluster.Journal;
using Realtime.Cluster.Journal.Sqlite;

namespace Realtime.Tests.Journal;

/// <summary>A SQLite store in a directory of its own.</summary>
internal sealed class SqliteStoreCase(Func<SqliteStoreOptions, SqliteStoreOptions>? configure = null) : StoreCase
{
    private readonly string _directory = Directory.CreateTempSubdirectory("realtime-store-").FullName;

    public string File => Path.Combine(_directory, "data", "realtime.db");

    public SqliteStore Sqlite => (SqliteStore)Store;

    public SqliteStoreOptions Options => (configure ?? (options => options))(new SqliteStoreOptions(File));

    public string Other(string name) => Path.Combine(_directory, name);

    public override async Task StartAsync()
    {
        Store = new SqliteStore(Options, Clock);
        Identity = await Store.OpenAsync(Cancellation);
    }

    public override async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        await StartAsync();
    }

    public override Task<IStore> SecondAsync() => throw new NotSupportedException("one process has this file for itself");

    public override async Task<IDisposable> HoldAsync() => await HeldWriter.HoldAsync(Store);

    /// <summary>Looks into the file beside the store.</summary>
    public long Count(string sql)
    {
        using var database = SqliteDatabase.Open(File);
        return database.ReadInt64(sql);
    }

    public override async ValueTask DisposeAsync()
    {
        if (Store is not null)
        {
            await Store.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }
}
