using Realtime.Tests.EndToEnd;
using Realtime.Tests.Persistence;
using Realtime.Tests.Support;

namespace Realtime.Tests.Hosting;

/// <summary>A node that has lost its store ends, so that its supervisor starts it anew, and waits for no answer that cannot come.</summary>
[Collection(ActorSystems.Name)]
public sealed class LostStoreTests : IDisposable
{
    /// <summary>Longer than a test waits: what is waited for to this end fails it.</summary>
    private const string StopTimeout = "00:05:00";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_node_whose_file_was_deleted_says_so_and_ends()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "no file can be deleted under its program");
        await using var node = Start("sqlite:realtime.db");
        await using var client = await RawClient.HelloAsync(await node.UrlAsync());
        ((string?)(await PublishAsync(client, 2))["type"]).ShouldBe("reply");

        File.Delete(_directory.File("realtime.db"));

        var refused = await PublishAsync(client, 3);
        ((string?)refused["code"], (string?)refused["outcome"]).ShouldBe(("unavailable", "unknown"));
        await client.ClosedAsync();
        client.CloseReason.ShouldBe("restart");
        (await node.ExitAsync()).ShouldBe(3);
        node.Faults.ShouldBe(
            [$"This node cannot go on: its file {_directory.File("realtime.db")} was deleted or moved away while the node had it open."]);
    }

    [Fact]
    public async Task A_node_whose_file_is_deleted_while_it_starts_does_not_end_as_if_it_had_been_asked_to_stop()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "no file can be deleted under its program");
        await using var node = Start("sqlite:realtime.db");
        await Soon.IsTrueAsync(() => File.Exists(_directory.File("realtime.db-wal")), "the store to be opened");

        File.Delete(_directory.File("realtime.db"));

        (await node.ExitAsync()).ShouldBeOneOf(3, 10);
        node.Faults.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("session_event")]
    [InlineData("channel_event")]
    public async Task A_store_that_cannot_be_read_while_the_node_starts_is_one_clear_line(string table)
    {
        await using (var first = Start("sqlite:realtime.db"))
        {
            await first.UrlAsync();
            await first.SignalAsync("TERM");
            (await first.ExitAsync()).ShouldBe(0);
        }

        await using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_directory.File("realtime.db")};Pooling=false"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"ALTER TABLE {table} RENAME COLUMN sequence_number TO gone";
            command.ExecuteNonQuery();
        }

        await using var node = Start("sqlite:realtime.db");

        (await node.ExitAsync()).ShouldBe(10);
        node.Faults.ShouldContain(line => line.StartsWith("The store failed while the node started: SQLite Error 1: 'no such column", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_node_that_lost_its_database_with_an_append_under_way_does_not_wait_for_it(bool hangs)
    {
        await using var database = new PostgresEventStoreCase();
        await database.PrepareAsync();
        await using var node = Start("postgres:" + database.Options.Connection);
        await using var client = await RawClient.HelloAsync(await node.UrlAsync());
        ((string?)(await PublishAsync(client, 2))["type"]).ShouldBe("reply");

        await using (var held = await database.HoldWritesAsync())
        {
            await client.SendAsync("""{"type":"publish","id":3,"channel":"chat:room","data":"3"}""");
            await database.ScalarAsync("UPDATE rt.member SET verdict = 'the test says so'");
            await Soon.IsTrueAsync(() => node.Output.Any(line => line.Contains("lost its claim", StringComparison.Ordinal)), "the loss");
            if (hangs)
            {
                await node.ExitAsync();
            }
        }

        (await node.ExitAsync()).ShouldBe(3);
        node.Faults.ShouldHaveSingleItem().ShouldContain("the other nodes go on without it: the test says so");
        var answer = client.Frames.Single(frame => (long?)frame["id"] == 3);
        ((string?)answer["code"], (string?)answer["outcome"]).ShouldBe(("unavailable", "unknown"), "what it waits for comes too late for this node");
    }

    private NodeProcess Start(string store) => NodeProcess.Start(
        _directory.Path, new Dictionary<string, string> { ["REALTIME__STOPTIMEOUT"] = StopTimeout }, "--store", store, "--port", "0");

    private static Task<System.Text.Json.Nodes.JsonObject> PublishAsync(RawClient client, int id) =>
        client.AskAsync($$"""{"type":"publish","id":{{id}},"channel":"chat:room","data":"{{id}}"}""");
}
