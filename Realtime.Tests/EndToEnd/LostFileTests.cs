using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Realtime.Node.Cluster;
using Realtime.Node.Operations;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Store.Sqlite;
using Realtime.Tests.Hosting;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>A file of the store is deleted or replaced under the node. Only Linux lets that happen and tells which file has a path.</summary>
[Collection(ActorSystems.Name)]
public sealed class LostFileTests
{
    private readonly ManualClock _clock = new();
    private readonly ConcurrentQueue<string> _failed = new();
    private readonly CollectedLog _log = new();

    public static TheoryData<string> Files => ["", "-wal", "-shm", ".lock"];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Nothing_is_acknowledged_once_a_file_is_deleted_and_the_node_says_which(string ending)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "no file can be deleted under its program");
        using var directory = new TemporaryDirectory();
        var database = directory.File("realtime.db");

        await LoseAsync(database, ending);

        File.Exists(database).ShouldBe(ending != "", "no file is made anew for a node that ends");
        if (ending != "")
        {
            await using var next = await TestNode.StartAsync(store: new SqliteEventStore(new SqliteEventStoreOptions(database)));
            await using var reader = await RawClient.HelloAsync(next.Url);
            var history = await reader.AskAsync("""{"type":"history","id":2,"channel":"default-room","from":"start","limit":100}""");
            ((string?)history["messages"]![0]!["data"]).ShouldBe("10", "what was acknowledged is there");
        }
    }

    [Fact]
    public async Task A_file_that_was_replaced_is_lost_too()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the system does not tell");
        using var directory = new TemporaryDirectory();
        var database = directory.File("realtime.db");
        await using var node = await StartAsync(database);
        await using var writer = await RawClient.HelloAsync(node.Url);
        ((string?)(await PublishAsync(writer, 10))["type"]).ShouldBe("reply");

        File.Copy(database, directory.File("copy.db"));
        File.Move(directory.File("copy.db"), database, overwrite: true);

        ((string?)(await PublishAsync(writer, 11))["code"]).ShouldBe("unavailable");
        _failed.ShouldBe([$"its file {database} was replaced while the node had it open"]);
    }

    [Fact]
    public async Task A_node_into_which_nobody_writes_notices_at_its_next_look()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "no file can be deleted under its program");
        using var directory = new TemporaryDirectory();
        await using var node = await StartAsync(directory.File("realtime.db"));
        _clock.Advance(SqliteEventStore.LookEvery);
        _failed.ShouldBeEmpty();

        File.Delete(directory.File("realtime.db"));
        _clock.Advance(SqliteEventStore.LookEvery);

        await Soon.IsTrueAsync(() => !_failed.IsEmpty, "the loss");
        Obstacles(node).ShouldHaveSingleItem().ShouldContain("realtime.db was deleted");
    }

    private async Task LoseAsync(string database, string ending)
    {
        await using var node = await StartAsync(database);
        await using var writer = await RawClient.HelloAsync(node.Url);
        ((string?)(await PublishAsync(writer, 10))["type"]).ShouldBe("reply");

        File.Delete(database + ending);
        var under = await PublishAsync(writer, 11);

        ((string?)under["code"], (string?)under["outcome"]).ShouldBe(("unavailable", "unknown"));
        var why = $"its file {database + ending} was deleted or moved away while the node had it open";
        _failed.ShouldBe([why]);
        _log.Of(2113).ShouldHaveSingleItem().Text.ShouldBe($"This node has lost its claim on the store: {why}");
        Obstacles(node).ShouldContain($"This node has lost its store: {why}.");
        node.Store.Lease.IsHeld.ShouldBeFalse();
        var later = await PublishAsync(writer, 12);
        ((string?)later["code"], (string?)later["outcome"]).ShouldBe(("unavailable", "none"));
        var other = await PublishAsync(writer, 13, "default-other");
        ((string?)other["code"]).ShouldBe("unavailable");
        ((string?)(await writer.AskAsync("""{"type":"set","id":14,"key":"a","value":1}"""))["code"]).ShouldBe("unavailable");
        ((string?)(await PublishAsync(writer, 15, "board:x"))["type"]).ShouldBe("reply", "what needs no store goes on");
        _failed.ShouldHaveSingleItem("it is said once");
    }

    private async Task<TestNode> StartAsync(string database)
    {
        var store = new SqliteEventStore(new SqliteEventStoreOptions(database), _clock, _log.CreateLogger<SqliteEventStore>());
        var node = await TestNode.StartAsync(store: store);
        node.Runtime.Failed += _failed.Enqueue;
        return node;
    }

    private static IReadOnlyList<string> Obstacles(TestNode node)
    {
        var standing = new ClusterStanding();
        var readiness = new NodeReadiness(new Journals(node.Store, new JournalOptions(), TimeProvider.System), standing);
        readiness.MoveTo(NodePhase.Draining);
        return [.. readiness.Obstacles().Where(obstacle => obstacle != "The node is stopping.")];
    }

    private static Task<System.Text.Json.Nodes.JsonObject> PublishAsync(RawClient writer, int id, string channel = "default-room") =>
        writer.AskAsync($$"""{"type":"publish","id":{{id}},"channel":"{{channel}}","data":"{{id}}"}""");
}
