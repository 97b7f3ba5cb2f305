using Realtime.Messages.Ids;
using Realtime.Node.Channels;
using Realtime.Node.Hosting;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Persistence.Store.Sqlite;
using Realtime.Tests.Hosting;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>Messages past their age, whether the channel was in memory when they came to it or not.</summary>
[Collection(ActorSystems.Name)]
public sealed class RetentionTests
{
    private static readonly NodeSettings Settings = TestNode.Settings with
    {
        Namespaces = new NamespaceTable(
        [
            new NamespacePolicy("log") { History = new HistoryLimits { Age = TimeSpan.FromSeconds(1) } },
            new NamespacePolicy("board") { Durability = Durability.Memory, History = new HistoryLimits { Age = TimeSpan.FromSeconds(1) } },
            new NamespacePolicy("kept") { History = new HistoryLimits { Age = null } },
        ]),
    };

    [Fact]
    public async Task What_is_past_its_age_is_given_to_no_client_although_the_channel_was_not_in_memory()
    {
        using var directory = new TemporaryDirectory();
        string[] positions;
        await using (var before = await StartAsync(directory))
        {
            positions = await FillAsync(before, "log:idle", 3);
            await FillAsync(before, "kept:idle", 3);
        }

        await using var node = await StartAsync(directory);
        await using var client = await RawClient.HelloAsync(node.Url);
        await EmptyAsync(client, "log:idle", 100);

        var reply = await client.AskAsync($$"""{"type":"subscribe","id":3,"channel":"log:idle","from":"{{positions[0]}}"}""");
        ((bool)reply["recovered"]!).ShouldBeFalse();
        ((string?)reply["gap"]!["reason"]).ShouldBe("trimmed");
        await client.AskAsync("""{"type":"publish","id":4,"channel":"log:idle","data":4}""");
        (await client.MessagesAsync("log:idle", 1)).Select(message => (long)message["offset"]!).ShouldBe([4]);
        (await client.AskAsync("""{"type":"history","id":5,"channel":"kept:idle"}"""))["messages"]!.AsArray().Count.ShouldBe(3);
    }

    [Fact]
    public async Task What_is_past_its_age_is_deleted_from_the_store_although_no_client_asks_for_its_channel()
    {
        using var directory = new TemporaryDirectory();
        await using var node = await StartAsync(directory, Settings with
        {
            Channels = new ChannelPolicy { PassivateAfter = TimeSpan.FromMilliseconds(50) },
            AgeSweep = new AgeSweepPolicy { Pause = TimeSpan.FromMilliseconds(100), PagePause = TimeSpan.FromMilliseconds(10) },
        });
        await FillAsync(node, "log:left", 3);
        await FillAsync(node, "kept:left", 3);

        await Soon.IsTrueAsync(() => Rows(node.Store, "log:left") == 0, "no row of the channel to be left");

        Rows(node.Store, "kept:left").ShouldBe(3);
        await using var client = await RawClient.HelloAsync(node.Url);
        ((string)(await client.AskAsync("""{"type":"publish","id":2,"channel":"log:left","data":4}"""))["position"]!).ShouldEndWith(":4");
    }

    [Theory]
    [InlineData("log:watched")]
    [InlineData("board:watched")]
    public async Task A_message_ends_also_in_a_channel_that_is_in_memory(string channel)
    {
        await using var node = await TestNode.StartAsync(Settings);
        await using var client = await RawClient.HelloAsync(node.Url);
        await client.AskAsync($$"""{"type":"subscribe","id":9,"channel":"{{channel}}"}""");
        await client.AskAsync($$"""{"type":"publish","id":2,"channel":"{{channel}}","data":1}""");
        await client.MessagesAsync(channel, 1);

        await EmptyAsync(client, channel, 100);

        var history = await client.AskAsync($$"""{"type":"history","id":5,"channel":"{{channel}}","reverse":true}""");
        history["messages"]!.AsArray().ShouldBeEmpty();
    }

    /// <summary>Asks for the history until there is none.</summary>
    private static async Task EmptyAsync(RawClient client, string channel, int id)
    {
        using var deadline = new CancellationTokenSource(RawClient.Patience);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await client.AskAsync($$"""{"type":"history","id":{{id++}},"channel":"{{channel}}"}"""))["messages"]!.AsArray().Count > 0)
        {
            await tick.WaitForNextTickAsync(deadline.Token);
        }
    }

    private static async Task<string[]> FillAsync(TestNode node, string channel, int count)
    {
        await using var client = await RawClient.HelloAsync(node.Url);
        var positions = new string[count];
        for (var i = 0; i < count; i++)
        {
            positions[i] = (string)(await client.AskAsync($$"""{"type":"publish","id":{{i + 2}},"channel":"{{channel}}","data":{{i}}}"""))["position"]!;
        }

        return positions;
    }

    private static long Rows(EventStore store, string channel)
    {
        using var connection = ((SqliteEventStore)store).Connect();
        return SqliteFormat.Read(
            connection, $"SELECT count(*) FROM channel_event WHERE persistence_id = '{EntityIds.LogOf(ChannelName.Parse(channel))}' AND deleted = 0");
    }

    private static Task<TestNode> StartAsync(TemporaryDirectory directory, NodeSettings? settings = null) =>
        TestNode.StartAsync(settings ?? Settings, new SqliteEventStore(new SqliteEventStoreOptions(directory.File("log.db"))));
}
