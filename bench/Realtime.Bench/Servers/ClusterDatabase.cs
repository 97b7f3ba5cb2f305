using Realtime.Cluster.Journal.Sqlite;
using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Persistence.Store.Postgres;
using Realtime.Tests.Support;

namespace Realtime.Bench.Servers;

/// <summary>What the nodes of a cluster share, fresh for the run: a PostgreSQL server of its own, or one SQLite file. Reads from it who owns what.</summary>
internal sealed class ClusterDatabase : IAsyncDisposable
{
    private const string Database = "bench";

    private readonly PostgresServer? _server;
    private readonly string? _folder;
    private readonly IStore _reader;

    private ClusterDatabase(string address, string description, IStore reader, PostgresServer? server, string? folder)
    {
        Address = address;
        Description = description;
        _reader = reader;
        _server = server;
        _folder = folder;
        AppDomain.CurrentDomain.ProcessExit += LeaveNothing;
    }

    /// <summary>As a node takes it.</summary>
    public string Address { get; }

    public string Description { get; }

    public static Task<ClusterDatabase> StartAsync(string kind) => kind == "sqlite" ? OfFileAsync() : OfServerAsync();

    public ValueTask<ViewDelta> ViewAsync() => ((IClusterStore)_reader).ViewAsync(0);

    public async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
        AppDomain.CurrentDomain.ProcessExit -= LeaveNothing;
        LeaveNothing(null, EventArgs.Empty);
    }

    private static async Task<ClusterDatabase> OfFileAsync()
    {
        var folder = Directory.CreateTempSubdirectory("realtime-bench-store-").FullName;
        var file = Path.Combine(folder, "cluster.db");
        var database = new ClusterDatabase(
            "sqlite:" + file, "one SQLite file, synchronous=FULL",
            new SqliteStore(new SqliteStoreOptions(file) { Node = new NodeId("bench-reader") }, TimeProvider.System), null, folder);
        return await database.OpenAsync();
    }

    /// <summary>Commits wait for the disk, as everywhere: only the creation of its data directory does not.</summary>
    private static async Task<ClusterDatabase> OfServerAsync()
    {
        var server = await PostgresServer.StartAsync();
        await server.ScalarAsync("postgres", $"CREATE DATABASE {Database} TEMPLATE template0");
        var version = await server.ScalarAsync("postgres", "SHOW server_version");
        var settings = await server.ScalarAsync(
            "postgres", "SELECT string_agg(name || '=' || setting, ', ' ORDER BY name) FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes')");
        var connection = server.ConnectionString(Database);
        var database = new ClusterDatabase(
            "postgres:" + connection, $"PostgreSQL {version} on the same cores, {settings}",
            new PostgresStore(new PostgresStoreOptions(connection), TimeProvider.System), server, null);
        return await database.OpenAsync();
    }

    private async Task<ClusterDatabase> OpenAsync()
    {
        try
        {
            await _reader.OpenAsync();
            return this;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>The server ends with this process by itself; a file has to be removed.</summary>
    private void LeaveNothing(object? sender, EventArgs arguments)
    {
        if (_folder is not null && Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }
}
