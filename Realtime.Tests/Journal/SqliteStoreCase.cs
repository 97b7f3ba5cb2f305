using Realtime.Cluster.Journal;
using Realtime.Cluster.Journal.Sqlite;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Journal;

/// <summary>A SQLite store in a directory of its own.</summary>
internal sealed class SqliteStoreCase(Func<SqliteStoreOptions, SqliteStoreOptions>? configure = null) : StoreCase
{
    private readonly List<IStore> _others = [];
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

    /// <summary>One that several processes may share.</summary>
    public static SqliteStoreCase Shared() => new(options => options with { Node = new NodeId("first-handle") });

    public override async Task<IStore> SecondAsync()
    {
        var second = new SqliteStore(Options with { Node = new NodeId($"handle-{_others.Count + 2}") }, Clock);
        _others.Add(second);
        await second.OpenAsync(Cancellation);
        return second;
    }

    public override async Task<IDisposable> HoldAsync() => await HeldWriter.HoldAsync(Store);

    /// <summary>A connection beside the store's; it waits while the store is cleaning up.</summary>
    public SqliteDatabase Beside()
    {
        var database = SqliteDatabase.Open(File);
        database.Execute("PRAGMA busy_timeout = 20000");
        return database;
    }

    /// <summary>Looks into the file beside the store.</summary>
    public long Count(string sql)
    {
        using var database = SqliteDatabase.Open(File);
        return database.ReadInt64(sql);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var other in _others)
        {
            await other.DisposeAsync();
        }

        if (Store is not null)
        {
            await Store.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }
}
