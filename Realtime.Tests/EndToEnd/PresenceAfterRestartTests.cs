using Realtime.Node.Persistence.Store;
using Realtime.Node.Persistence.Store.Sqlite;
using Realtime.Tests.Hosting;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>Who is present outlives the only node, which is started again on the same store.</summary>
[Collection(ActorSystems.Name)]
public sealed class PresenceAfterRestartTests
{
    private const string Room = "chat:room";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Clients_that_come_back_one_after_the_other_have_neither_left_nor_joined(bool isKilled)
    {
        await using var node = new RestartableNode(new Dictionary<string, string>());
        await node.StartAsync();
        await using var watcher = await JoinAsync(node.Url);
        await using var ann = await JoinAsync(node.Url, "ann");
        await using var ben = await JoinAsync(node.Url, "ben");

        await RestartAsync(node, isKilled);

        await using var watching = await ResumeAsync(node.Url, watcher);
        ((int)(await watching.WaitAsync("roster"))["count"]!).ShouldBe(2, "they have time to come back");
        await using var annBack = await ResumeAsync(node.Url, ann);
        ((int)(await annBack.WaitAsync("roster"))["count"]!).ShouldBe(2);
        await using var benBack = await ResumeAsync(node.Url, ben);
        ((int)(await benBack.WaitAsync("roster"))["count"]!).ShouldBe(2);

        // What had to be said before this change has been said with it.
        await benBack.AskAsync("""{"type":"update","id":2,"channel":"chat:room","presence":{"name":"ben","mood":"back"}}""");
        foreach (var client in (RawClient[])[watching, annBack])
        {
            ((string?)(await client.WaitAsync("changed"))["members"]![0]!["data"]!["mood"]).ShouldBe("back");
            client.Frames.Select(RawClient.TypeOf).ShouldNotContain(type => type == "joined" || type == "left", node.Output);
        }
    }

    [Fact]
    public async Task Who_does_not_come_back_is_left_after_the_grace_and_who_does_stays()
    {
        await using var node = new RestartableNode(new Dictionary<string, string> { ["REALTIME__SESSIONS__ORPHANGRACE"] = "8s" });
        await node.StartAsync();
        await using var watcher = await JoinAsync(node.Url);
        await using var ann = await JoinAsync(node.Url, "ann");
        await using var ben = await JoinAsync(node.Url, "ben");

        await RestartAsync(node, isKilled: true);

        await using var watching = await ResumeAsync(node.Url, watcher);
        ((int)(await watching.WaitAsync("roster"))["count"]!).ShouldBe(2);
        await using var annBack = await ResumeAsync(node.Url, ann);
        var left = await watching.WaitAsync("left");
        left["members"]!.AsArray().Select(member => (string?)member!["data"]!["name"]).ShouldBe(["ben"]);
        ((int)(await watching.AskAsync($$"""{"type":"presence","id":3,"channel":"{{Room}}"}"""))["count"]!).ShouldBe(1);
        watching.Frames.Select(RawClient.TypeOf).ShouldNotContain("joined");
    }

    [Fact]
    public async Task Who_did_not_come_back_after_one_restart_is_not_shown_after_the_next()
    {
        using var directory = new TemporaryDirectory();
        var settings = TestNode.Settings with { Channels = new() { UnclaimedGrace = TimeSpan.FromMilliseconds(300) } };
        await using (var first = await TestNode.StartAsync(settings, Store(directory)))
        {
            await using var guest = await JoinAsync(first.Url, "guest");
            (await CountPresentAsync(first.Store)).ShouldBe(1);
        }

        await using (var second = await TestNode.StartAsync(settings, Store(directory)))
        {
            await Soon.IsTrueAsync(async () => await CountPresentAsync(second.Store) == 0, "the guest to be given up");
        }

        await using var third = await TestNode.StartAsync(settings with { Channels = new() }, Store(directory));
        await using var watcher = await RawClient.HelloAsync(third.Url);
        ((int)(await watcher.AskAsync($$"""{"type":"subscribe","id":2,"channel":"{{Room}}"}"""))["count"]!).ShouldBe(0);
    }

    /// <param name="name">Null: only watches.</param>
    private static async Task<RawClient> JoinAsync(Uri url, string? name = null)
    {
        var presence = name is null ? "" : $$""","presence":{"name":"{{name}}"}""";
        var client = await RawClient.HelloAsync(url, $$"""
            "subscriptions":[{"channel":"{{Room}}"{{presence}}}]
            """);

        // Subscriptions are written behind; state is in the store when it is answered, and the rest of the record with it.
        RawClient.TypeOf(await client.AskAsync("""{"type":"set","id":2,"key":"k","value":1}""")).ShouldBe("reply");
        return client;
    }

    private static async Task<RawClient> ResumeAsync(Uri url, RawClient before)
    {
        var client = await RawClient.HelloAsync(url, $"\"session\":\"{before.Session}\"");
        ((bool)client.Welcome["resumed"]!).ShouldBeTrue();
        return client;
    }

    private static async Task RestartAsync(RestartableNode node, bool isKilled)
    {
        await (isKilled ? node.KillAsync() : node.StopAsync());
        await node.StartAsync();
    }

    private static async Task<int> CountPresentAsync(EventStore store) =>
        (await new SqlPresentSessions(store).ReadAsync(DateTimeOffset.UnixEpoch, default, 10, TestContext.Current.CancellationToken)).Sessions.Count;

    private static SqliteEventStore Store(TemporaryDirectory directory) => new(new SqliteEventStoreOptions(directory.File("realtime.db")));
}
