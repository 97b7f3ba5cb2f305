using Realtime.Cluster.Journal;
using Realtime.Cluster.Journal.Postgres;
using Realtime.Messages.Ids;
using Realtime.Tests.Support;

namespace Realtime.Tests.Journal;

/// <summary>A PostgreSQL store in a database of its own, on the server that tests share unless it is given one.</summary>
internal sealed class PostgresStoreCase(
    Func<PostgresStoreOptions, PostgresStoreOptions>? configure = null, PostgresServer? server = null, TimeProvider? time = null) : StoreCase
{
    private readonly List<IStore> _others = [];
    private PostgresServer? _server = server;
    private string? _database;

    public PostgresStore Postgres => (PostgresStore)Store;

    public PostgresServer Server => _server ?? throw new InvalidOperationException("not started");

    public string Database => _database ?? throw new InvalidOperationException("not started");

    public PostgresStoreOptions Options =>
        (configure ?? (options => options))(new PostgresStoreOptions(Server.ConnectionString(Database)));

    public override async Task StartAsync()
    {
        _server ??= await PostgresServer.SharedAsync();
        _database ??= await _server.CreateDatabaseAsync();
        Store = Another();
        Identity = await Store.OpenAsync(Cancellation);
    }

    /// <summary>A store in the same database, as another node has it. Not open yet.</summary>
    public PostgresStore Another() => new(Options, time ?? Clock);

    public override async Task<IStore> SecondAsync()
    {
        var second = Another();
        _others.Add(second);
        await second.OpenAsync(Cancellation);
        return second;
    }

    public override async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        await StartAsync();
    }

    /// <summary>Holds every lane: session ids that follow each other go round them.</summary>
    public override async Task<IDisposable> HoldAsync()
    {
        var holds = new Holds();
        for (var i = 0; i < Options.Lanes; i++)
        {
            holds.All.Add(await HeldWriter.HoldAsync(Store, new SessionId(UInt128.MaxValue - (UInt128)i)));
        }

        return holds;
    }

    public Task<object?> ScalarAsync(string sql) => Server.ScalarAsync(Database, sql);

    public override async ValueTask DisposeAsync()
    {
        foreach (var store in _others.Append(Store).Where(store => store is not null))
        {
            await store.DisposeAsync();
        }

        if (_database is not null)
        {
            await Server.DropDatabaseAsync(_database);
        }
    }

    private sealed class Holds : IDisposable
    {
        public List<HeldWriter> All { get; } = [];

        public void Dispose() => All.ForEach(hold => hold.Dispose());
    }
}
