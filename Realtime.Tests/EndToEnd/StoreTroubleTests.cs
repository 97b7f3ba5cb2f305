using System.Text.Json.Nodes;
using Realtime.Node.Operations;
using Realtime.Node.Persistence.Store.Sqlite;
using Realtime.Tests.Hosting;

namespace Realtime.Tests.EndToEnd;

/// <summary>A store that is full, as clients see it.</summary>
[Collection(ActorSystems.Name)]
public sealed class StoreTroubleTests
{
    [Fact]
    public async Task A_full_store_refuses_durable_publishes_by_name_and_everything_else_goes_on()
    {
        using var directory = new TemporaryDirectory();
        var options = new SqliteEventStoreOptions(directory.File("realtime.db")) { MaxBytes = 1 << 20 };
        await using var node = await TestNode.StartAsync(store: new SqliteEventStore(options));
        await using var writer = await RawClient.HelloAsync(node.Url);
        var data = new string('x', 60_000);

        var acknowledged = 0;
        JsonObject answer;
        do
        {
            answer = await writer.AskAsync($$"""{"type":"publish","id":{{acknowledged + 10}},"channel":"default-room","data":"{{data}}"}""");
            acknowledged += (string?)answer["type"] == "reply" ? 1 : 0;
        }
        while ((string?)answer["type"] == "reply");

        acknowledged.ShouldBeGreaterThan(5);
        ((string?)answer["code"]).ShouldBe("storage_full");
        ((string?)answer["outcome"]).ShouldBe("none");
        ((int)answer["retryAfter"]!).ShouldBeInRange(1, 6_000, "not longer than the channel waits before it tries again");
        var small = await writer.AskAsync("""{"type":"publish","id":900,"channel":"default-other","data":"small"}""");
        ((string?)small["type"]).ShouldBe("reply", "a small one still fits");
        StoreTroubles.Of(node.Journals).ShouldHaveSingleItem().ShouldBe(
            "The store is not well (channels): no room is left: SQLite Error 13: 'database or disk is full'.", "which says nothing about large ones");
        var read = 0;
        var from = "start";
        for (var more = true; more;)
        {
            var page = await writer.AskAsync($$"""{"type":"history","id":{{1000 + read}},"channel":"default-room","from":"{{from}}","limit":100}""");
            page["messages"]!.AsArray().Count.ShouldBeGreaterThan(0);
            read += page["messages"]!.AsArray().Count;
            from = (string)page["position"]!;
            more = (bool)page["more"]!;
        }

        read.ShouldBe(acknowledged);
        await using var newcomer = await RawClient.HelloAsync(node.Url, "\"subscriptions\":[{\"channel\":\"board:x\"}]");
        await writer.AskAsync("""{"type":"publish","id":3,"channel":"board:x","data":"live"}""");
        (await newcomer.MessagesAsync("board:x", 1)).Count.ShouldBe(1);
    }
}
