using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Journal.Memory;
using Realtime.Cluster.Journal.Sqlite;
using Realtime.Messages.Ids;
using Realtime.Node.Connections;
using Realtime.Node.Hosting;
using Realtime.Node.Namespaces;
using Realtime.Tests.Hosting;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// Messages past their age. A channel let go of them by a tick, so one that no client had asked for kept them for ever, and the first who asked got them.
/// </summary>
public sealed class RetentionTests : IDisposable
{
    private static readonly NodeSettings Settings = TestNode.Settings with
    {
        Namespaces = new NamespaceTable(
        [
            new NamespacePolicy("log") { History = new HistoryLimits { Age = TimeSpan.FromHours(1) } },
            new NamespacePolicy("board") { Durability = Durability.Memory, History = new HistoryLimits { Age = TimeSpan.FromHours(1) } },
            new NamespacePolicy("kept") { History = new HistoryLimits { Age = null } },
        ]),

        // The clock goes in leaps here: a client that does not answer within one is neither silent nor stalled.
        Connections = new ConnectionPolicy { PingEvery = TimeSpan.FromDays(1), StallTimeout = TimeSpan.FromDays(1) },
    };

    private readonly ManualClock _clock = new();
    private readonly TemporaryDirectory _directory = new();
    private readonly MemoryStore _memory;

    public RetentionTests() => _memory = new MemoryStore(_clock);

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_past_its_age_is_given_to_no_client_although_the_channel_was_not_in_memory(bool onDisk)
    {
        var positions = await FillAsync(onDisk, "log:idle", 3);
        _clock.Advance(TimeSpan.FromMinutes(50));
        await FillAsync(onDisk, "log:idle", 1);
        _clock.Advance(TimeSpan.FromMinutes(20));
        await using var node = await StartAsync(onDisk);
        await using var client = await RawClient.HelloAsync(node.Url);

        var history = await client.AskAsync("""{"type":"history","id":2,"channel":"log:idle"}""");

        history["messages"]!.AsArray().Select(message => (long)message!["offset"]!).ShouldBe([4]);
        var reply = await client.AskAsync($$"""{"type":"subscribe","id":3,"channel":"log:idle","from":"{{positions[0]}}"}""");
        ((bool)reply["recovered"]!).ShouldBeFalse();
        ((string?)reply["gap"]!["reason"]).ShouldBe("trimmed");
        (await client.MessagesAsync("log:idle", 1)).Select(message => (long)message["offset"]!).ShouldBe([4]);
    }

    [Theory]
    [InlineData("log:watched")]
    [InlineData("board:watched")]
    public async Task A_message_ends_on_time_also_in_a_channel_that_is_in_memory(string channel)
    {
        await using var node = await StartAsync(onDisk: false);
        await using var client = await RawClient.HelloAsync(node.Url);
        await client.AskAsync($$"""{"type":"subscribe","id":9,"channel":"{{channel}}"}""");

        // Half way between two of the channel's ticks.
        _clock.Advance(TimeSpan.FromSeconds(30));
        await client.AskAsync($$"""{"type":"publish","id":2,"channel":"{{channel}}","data":1}""");
        _clock.Advance(TimeSpan.FromMinutes(59));
        await client.AskAsync($$"""{"type":"publish","id":3,"channel":"{{channel}}","data":2}""");
        _clock.Advance(TimeSpan.FromSeconds(61));

        var history = await client.AskAsync($$"""{"type":"history","id":4,"channel":"{{channel}}"}""");

        history["messages"]!.AsArray().Select(message => (int)message!["data"]!).ShouldBe([2]);
        history = await client.AskAsync($$"""{"type":"history","id":5,"channel":"{{channel}}","reverse":true}""");
        history["messages"]!.AsArray().Select(message => (int)message!["data"]!).ShouldBe([2]);
    }

    [Fact]
    public async Task What_only_the_store_has_ends_between_two_ticks_as_well()
    {
        await FillAsync(onDisk: false, "log:cold", 2);
        _clock.Advance(TimeSpan.FromSeconds(20));
        await FillAsync(onDisk: false, "log:cold", 2);
        _clock.Advance(TimeSpan.FromMinutes(59));
        await using var node = await StartAsync(onDisk: false);
        await using var client = await RawClient.HelloAsync(node.Url);
        (await HistoryAsync(client, 2)).ShouldBe([1, 2, 3, 4]);

        // Loaded, and the next tick is most of a minute away.
        _clock.Advance(TimeSpan.FromSeconds(41));

        (await HistoryAsync(client, 3)).ShouldBe([3, 4]);
        (await HistoryAsync(client, 4, ",\"reverse\":true")).ShouldBe([4, 3]);
        (await HistoryAsync(client, 5, ",\"reverse\":true,\"limit\":3")).ShouldBe([4, 3]);
        _clock.Advance(TimeSpan.FromSeconds(20));
        (await HistoryAsync(client, 6)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_is_deleted_within_the_hour_although_no_client_asks_for_the_channel(bool onDisk)
    {
        await FillAsync(onDisk, "log:idle", 3);
        await FillAsync(onDisk, "kept:idle", 3);
        await using var node = await StartAsync(onDisk);
        _clock.Advance(TimeSpan.FromHours(1));
        for (var minutes = 0; minutes < 60; minutes++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        await Soon.IsTrueAsync(() => node.Store.OpenAsync(ChannelName.Parse("log:idle")).AsTask().GetAwaiter().GetResult() is { Head: 3, Tail: 4 }, "the messages to be deleted");

        (await node.Store.OpenAsync(ChannelName.Parse("kept:idle"), null, TestContext.Current.CancellationToken)).Tail.ShouldBe(1);
    }

    private static async Task<long[]> HistoryAsync(RawClient client, int id, string rest = "") =>
        [.. (await client.AskAsync($$"""{"type":"history","id":{{id}},"channel":"log:cold"{{rest}}}"""))["messages"]!.AsArray().Select(message => (long)message!["offset"]!)];

    /// <summary>Publishes by a node that is gone afterwards.</summary>
    private async Task<string[]> FillAsync(bool onDisk, string channel, int count)
    {
        await using var node = await StartAsync(onDisk);
        await using var client = await RawClient.HelloAsync(node.Url);
        var positions = new string[count];
        for (var i = 0; i < count; i++)
        {
            positions[i] = (string)(await client.AskAsync($$"""{"type":"publish","id":{{i + 2}},"channel":"{{channel}}","data":{{i}}}"""))["position"]!;
        }

        return positions;
    }

    private Task<TestNode> StartAsync(bool onDisk) => TestNode.StartAsync(
        Settings,
        onDisk ? new SqliteStore(new SqliteStoreOptions(_directory.File("log.db")), _clock, NullLogger<SqliteStore>.Instance) : _memory,
        time: _clock);
}
