using Realtime.Cluster.Journal;
using Realtime.Cluster.Journal.Postgres;
using Realtime.Cluster.Journal.Sqlite;
using Realtime.Messages.Ids;
using Realtime.Tests.Hosting;

namespace Realtime.Tests.Lighthouse;

/// <summary>What a lighthouse reads is what the nodes wrote, and it leaves no trace in their store.</summary>
public sealed class ViewReaderTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_SQLite_file_is_waited_for_and_read_beside_the_node_that_has_it()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.File("shared.db");
        await using var reader = new SqliteViewReader(new SqliteStoreOptions(path));
        (await Should.ThrowAsync<StoreUnavailableException>(async () => await reader.OpenAsync(Cancellation))).Message.ShouldContain("no node has made it yet");
        Directory.EnumerateFileSystemEntries(directory.Path).ShouldBeEmpty();

        await using var store = new SqliteStore(new SqliteStoreOptions(path) { Node = new NodeId("a") }, TimeProvider.System);
        var identity = await store.OpenAsync(Cancellation);
        await ExpectTheSameAsync(reader, store, identity);
        Directory.EnumerateFiles(directory.Path, "*.lock").Count().ShouldBe(2, "those of the node");
    }

    [Fact]
    public async Task A_SQLite_file_of_another_program_or_a_newer_version_is_refused()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.File("shared.db");
        await using (var store = new SqliteStore(new SqliteStoreOptions(path), TimeProvider.System))
        {
            await store.OpenAsync(Cancellation);
        }

        await using var reader = new SqliteViewReader(new SqliteStoreOptions(path));
        await SetAsync("PRAGMA user_version = 999");
        (await FaultAsync()).ShouldBe(StoreFault.NewerVersion);
        await SetAsync("PRAGMA application_id = 1");
        (await FaultAsync()).ShouldBe(StoreFault.CannotOpen);
        await File.WriteAllTextAsync(path, new string('x', 8192), Cancellation);
        (await FaultAsync()).ShouldBe(StoreFault.Corrupt);

        async Task<StoreFault> FaultAsync() => (await Should.ThrowAsync<StoreFaultException>(async () => await reader.OpenAsync(Cancellation))).Fault;

        Task SetAsync(string pragma)
        {
            using var database = SqliteDatabase.Open(path);
            database.Execute(pragma);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_PostgreSQL_database_is_waited_for_and_read_beside_its_nodes()
    {
        await using var stores = new PostgresStoreCase();
        await stores.StartAsync();
        await using var reader = new PostgresViewReader(stores.Options, TimeProvider.System);
        await ExpectTheSameAsync(reader, stores.Postgres, stores.Identity);

        var empty = await stores.Server.CreateDatabaseAsync();
        await using var early = new PostgresViewReader(new PostgresStoreOptions(stores.Server.ConnectionString(empty)), TimeProvider.System);
        (await Should.ThrowAsync<StoreUnavailableException>(async () => await early.OpenAsync(Cancellation))).Message.ShouldContain("a node has to");
        (await stores.Server.ScalarAsync(empty, "SELECT to_regnamespace('rt') IS NULL")).ShouldBe(true, "who only looks makes nothing");
        await stores.Server.DropDatabaseAsync(empty);
    }

    private static async Task ExpectTheSameAsync(IViewReader reader, IClusterStore store, StoreIdentity identity)
    {
        var read = await reader.OpenAsync(Cancellation);
        (read.StoreId, read.StoreEpoch).ShouldBe((identity.StoreId, identity.StoreEpoch));
        read.TokenKeys[1].ShouldBe(identity.TokenKeys[1]);

        await store.FoundAsync(new ClusterCharter(16, 1), Cancellation);
        var first = await reader.ViewAsync(0, Cancellation);
        var joined = await store.JoinAsync(new NodeProfile(new NodeId("a"), Guid.Empty, "a:1", "ws://a", "z", 10, 1), null, Cancellation);
        await store.AcquireAsync(joined.Incarnation, [new ShardId(3)], Cancellation);

        var delta = await reader.ViewAsync(first.Version, Cancellation);
        delta.Shards.ShouldHaveSingleItem().Owner.ShouldBe(joined.Incarnation);
        delta.Nodes.ShouldHaveSingleItem().Profile.ClientUrl.ShouldBe("ws://a");
        (await reader.ViewAsync(0, Cancellation)).Shards.Count.ShouldBe(16);
    }
}
