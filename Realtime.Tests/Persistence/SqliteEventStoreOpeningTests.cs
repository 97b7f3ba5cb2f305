using LinqToDB.Data;
using Microsoft.Data.Sqlite;
using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Persistence.Store.Sqlite;

namespace Realtime.Tests.Persistence;

[Collection(ActorSystems.Name)]
public sealed class SqliteEventStoreOpeningTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("realtime-opening-").FullName;

    private string Database => Path.Combine(_folder, "data", "events.db");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_identity_stays_and_only_its_owner_can_read_the_file()
    {
        var first = await OpenAsync();
        var again = await OpenAsync();

        (again.StoreId, again.StoreEpoch).ShouldBe((first.StoreId, 1));
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Database).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task Each_opening_gives_a_number_that_none_gave_before()
    {
        List<OpenedStore> opened = [await OpenAsync(), await OpenAsync(), await OpenAsync()];

        opened.Select(opening => opening.Incarnation).ShouldBe([new Incarnation(1), new Incarnation(2), new Incarnation(3)]);
        opened.ShouldAllBe(opening => opening.StoreId == opened[0].StoreId);
    }

    [Fact]
    public async Task A_store_in_memory_is_another_one_each_time()
    {
        await using var first = new SqliteEventStore(new SqliteEventStoreOptions(null));
        await using var second = new SqliteEventStore(new SqliteEventStoreOptions(null));

        var (one, other) = (await first.OpenAsync(Cancellation), await second.OpenAsync(Cancellation));

        one.StoreId.ShouldNotBe(other.StoreId);
        (one.Incarnation.IsNone, other.Incarnation.IsNone).ShouldBe((false, false));
    }

    [Fact]
    public async Task Every_connection_of_the_journal_commits_to_the_disk()
    {
        await using var store = new SqliteEventStore(new SqliteEventStoreOptions(Database));
        await store.OpenAsync(Cancellation);
        await using var connection = new DataConnection(store.DataOptions);

        connection.Execute<string>("PRAGMA journal_mode").ShouldBe("wal");
        connection.Execute<string>("PRAGMA synchronous").ShouldBe("2");
        connection.Execute<string>("PRAGMA busy_timeout").ShouldBe("5000");
    }

    [Fact]
    public async Task A_second_process_is_refused_as_long_as_the_first_has_the_file()
    {
        await using (var store = new SqliteEventStore(new SqliteEventStoreOptions(Database)))
        {
            await store.OpenAsync(Cancellation);
            await RefusedAsync(StoreFault.InUse, "in use by another process");
        }

        await OpenAsync();
    }

    [Fact]
    public async Task A_store_of_the_engine_before_is_refused_in_a_clear_line()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Database)!);
        Run("CREATE TABLE cluster (one INTEGER PRIMARY KEY) STRICT; PRAGMA application_id = 0x52544c4d; PRAGMA user_version = 3");

        await RefusedAsync(StoreFault.OtherFormat, "the format of an older version of this program (3; this program needs 10)");
    }

    [Fact]
    public async Task A_newer_format_is_refused()
    {
        await OpenAsync();
        Run("PRAGMA user_version = 11");

        await RefusedAsync(StoreFault.OtherFormat, "newer version");
    }

    [Fact]
    public async Task Another_programs_database_is_refused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Database)!);
        Run("CREATE TABLE theirs (id INTEGER)");

        await RefusedAsync(StoreFault.CannotOpen, "another program");
    }

    [Fact]
    public async Task A_damaged_file_is_refused_and_not_changed()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Database)!);
        await File.WriteAllTextAsync(Database, new string('x', 5_000), Cancellation);
        await RefusedAsync(StoreFault.Corrupt, "does not start like");
        (await File.ReadAllTextAsync(Database, Cancellation)).ShouldBe(new string('x', 5_000));

        File.Delete(Database);
        await File.WriteAllTextAsync(Database + "-wal", "log", Cancellation);
        await RefusedAsync(StoreFault.Corrupt, "the file is missing, but its write-ahead log is there");
    }

    [Fact]
    public async Task A_torn_page_is_found_at_the_start()
    {
        await OpenAsync();
        using (var file = File.OpenWrite(Database))
        {
            file.Position = 3 * 4096;
            file.Write(new byte[2 * 4096]);
        }

        await RefusedAsync(StoreFault.Corrupt, "damaged");
    }

    [Fact]
    public async Task A_store_with_logs_and_without_its_identity_is_damaged()
    {
        await OpenAsync();
        Run("INSERT INTO session_event (created, deleted, persistence_id, sequence_number) VALUES (1, 0, 's-1', 1); DELETE FROM store");

        await RefusedAsync(StoreFault.Corrupt, "lost its identity");
    }

    private async Task<OpenedStore> OpenAsync()
    {
        await using var store = new SqliteEventStore(new SqliteEventStoreOptions(Database));
        return await store.OpenAsync(Cancellation);
    }

    private async Task RefusedAsync(StoreFault fault, string why)
    {
        await using var store = new SqliteEventStore(new SqliteEventStoreOptions(Database));
        var refused = await Should.ThrowAsync<StoreFaultException>(async () => await store.OpenAsync(Cancellation));
        (refused.Fault, refused.Message).ShouldSatisfyAllConditions(r => r.Fault.ShouldBe(fault), r => r.Message.ShouldContain(why));
    }

    private void Run(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var command = new SqliteCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
