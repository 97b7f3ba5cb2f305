using Realtime.Tests.Support;

namespace Realtime.Tests.Clients;

/// <summary>
/// What every client has to manage, in whatever language it is written, against a real node over a network that breaks.
/// A client's test class only says how a client is made.
/// </summary>
public abstract class ClientScenarios(ScenarioServer server) : PresenceScenarios(server)
{
    [Fact]
    public async Task Two_clients_talk()
    {
        var room = Channel("chat");
        var ann = await NearAsync();
        var bob = await NearAsync();
        await ann.SubscribeAsync(room, "live");
        await bob.SubscribeAsync(room, "live");

        var position = await ann.PublishAsync(room, Json(1)).Within("the publish to be answered");

        foreach (var client in new[] { ann, bob })
        {
            var message = await NextAsync(client, room, "message");
            message.Position.ShouldBe(position);
            message.Data!.Value.GetInt32().ShouldBe(1);
        }
    }

    [Fact]
    public async Task History_is_read_in_pages_in_both_directions()
    {
        var room = Channel("chat");
        var client = await NearAsync();
        await PublishAsync(client, room, 1, 7);

        var first = await client.HistoryAsync(room, "start", 4, reverse: false);
        var second = await client.HistoryAsync(room, first.Position, 4, reverse: false);
        var newest = await client.HistoryAsync(room, null, 4, reverse: true);
        var oldest = await client.HistoryAsync(room, newest.Position, 4, reverse: true);

        (Values(first), first.More).ShouldBe(("1 2 3 4", true));
        (Values(second), second.More).ShouldBe(("5 6 7", false));
        (Values(newest), newest.More).ShouldBe(("7 6 5 4", true));
        (Values(oldest), oldest.More).ShouldBe(("3 2 1", false));
    }

    [Fact]
    public async Task What_was_published_during_a_cut_comes_once_and_in_order_after_it()
    {
        var room = Channel("chat");
        var reader = await FarAsync();
        var writer = await NearAsync();
        await reader.SubscribeAsync(room, "live");
        await PublishAsync(writer, room, 1, 5);
        Network.Cut();
        await PublishAsync(writer, room, 6, 10);

        Network.Heal();
        await reader.ReconnectedAsync().Within("the reader to come back");
        await PublishAsync(writer, room, 11, 12);

        (await ReadAsync(reader, room, 12)).ShouldBe(Numbers(1, 12));
    }

    [Fact]
    public async Task What_comes_faster_than_the_node_takes_it_comes_again_when_it_says_and_nothing_is_lost()
    {
        await using var narrow = new ScenarioServer(grace: "10m", requestRate: 25);
        await narrow.StartAsync();
        var room = Channel("chat");
        var writer = await ConnectAsync(narrow.Endpoint);
        var reader = await ConnectAsync(narrow.Endpoint);
        await reader.SubscribeAsync(room, "live");

        // More than twice what it takes at once.
        await Task.WhenAll(Numbers(1, 220).Select(i => writer.PublishAsync(room, Json(i)))).Within("all publishes to be answered");

        (await ReadAsync(reader, room, 220)).ShouldBe(Numbers(1, 220), ignoreOrder: true);
    }

    [Fact]
    public async Task What_was_under_way_during_cuts_is_stored_once_and_in_order()
    {
        var room = Channel("chat");
        var writer = await FarAsync();
        var publishing = new List<Task<string?>>();
        foreach (var i in Numbers(1, 200))
        {
            publishing.Add(writer.PublishAsync(room, Json(i)));
            if (i % 50 == 0)
            {
                Network.Cut();
                Network.Heal();
            }
        }

        await Task.WhenAll(publishing).Within("every publish to be answered");

        await ShouldHoldAsync(room, Numbers(1, 200));
    }

    [Fact]
    public async Task What_was_under_way_when_the_server_was_killed_is_stored_once_and_in_order()
    {
        var room = Channel("chat");
        var reader = await NearAsync();
        var writer = await NearAsync();
        await reader.SubscribeAsync(room, "live");
        await PublishAsync(writer, room, 1, 20);
        var publishing = Numbers(21, 120).Select(i => writer.PublishAsync(room, Json(i))).ToList();
        await Task.WhenAny(publishing).Within("one publish to be answered");

        await Server.KillAsync();
        publishing.AddRange(Numbers(121, 140).Select(i => writer.PublishAsync(room, Json(i))));
        await Server.StartAsync();

        await Task.WhenAll(publishing).Within("every publish to be answered");
        (await ReadAsync(reader, room, 140)).ShouldBe(Numbers(1, 140));
        await ShouldHoldAsync(room, Numbers(1, 140));
    }

    [Fact]
    public async Task Where_history_no_longer_reaches_back_a_gap_says_so()
    {
        var room = Channel("short");
        var reader = await FarAsync();
        var writer = await NearAsync();
        await reader.SubscribeAsync(room, "live");
        await PublishAsync(writer, room, 1, 1);
        (await ReadAsync(reader, room, 1)).ShouldBe([1]);
        Network.Cut();
        await PublishAsync(writer, room, 2, 30);

        Network.Heal();

        (await NextAsync(reader, room, "gap")).Reason.ShouldBe("trimmed");
        var first = (await ReadAsync(reader, room, 1)).Single();
        first.ShouldBeGreaterThan(2);
        (await ReadAsync(reader, room, 30 - first)).ShouldBe(Numbers(first + 1, 30));
    }

    [Fact]
    public async Task A_log_born_anew_is_a_gap()
    {
        var board = Channel("board");
        var client = await NearAsync();
        await client.SubscribeAsync(board, "live");
        await PublishAsync(client, board, 1, 2);
        (await ReadAsync(client, board, 2)).ShouldBe([1, 2]);

        await Server.KillAsync();
        await Server.StartAsync();
        var position = await client.PublishAsync(board, Json(3)).Within("the publish to be answered");

        var gap = await NextAsync(client, board, "gap");
        gap.Reason.ShouldBe("epoch");
        gap.Position.ShouldEndWith(":0");
        (await NextAsync(client, board, "message")).Position.ShouldBe(position);
    }

    [Fact]
    public async Task A_namespace_without_a_log_delivers_and_keeps_nothing()
    {
        var cursors = Channel("cursors");
        var reader = await FarAsync();
        var writer = await NearAsync();
        await reader.SubscribeAsync(cursors, "live");
        (await writer.PublishAsync(cursors, Json(1)).Within("the publish to be answered")).ShouldBeNull();
        (await NextAsync(reader, cursors, "message")).Position.ShouldBeNull();

        Network.Cut();
        await PublishAsync(writer, cursors, 2, 3);
        Network.Heal();
        await reader.ReconnectedAsync().Within("the reader to come back");
        await PublishAsync(writer, cursors, 4, 5);

        (await ReadAsync(reader, cursors, 2)).ShouldBe([4, 5]);
    }

    [Fact]
    public async Task A_slow_reader_gets_everything_when_it_reads_again_and_holds_up_nobody()
    {
        var room = Channel("chat");
        var slow = await FarAsync();
        var quick = await NearAsync();
        await slow.SubscribeAsync(room, "live");
        await quick.SubscribeAsync(room, "live");
        Network.Stall();

        // More than the sockets on the way and the server's queue hold; the next scenario shows that it is.
        await PublishBulkAsync(quick, room, 120);
        foreach (var i in Numbers(1, 120))
        {
            Number(await NextAsync(quick, room, "message")).ShouldBe(i);
        }

        Network.Flow();
        await PublishBulkAsync(quick, room, 1);

        foreach (var i in Numbers(1, 120))
        {
            Number(await NextAsync(slow, room, "message")).ShouldBe(i);
        }

        Number(await NextAsync(slow, room, "message")).ShouldBe(1);
    }

    [Fact]
    public async Task A_slow_reader_of_a_channel_without_a_log_is_told_that_it_missed_something()
    {
        var cursors = Channel("cursors");
        var slow = await FarAsync();
        var quick = await NearAsync();
        await slow.SubscribeAsync(cursors, "live");
        Network.Stall();
        await PublishBulkAsync(quick, cursors, 120);

        Network.Flow();

        DriverEvent next;
        do
        {
            next = await NextAsync(slow, cursors);
        }
        while (next.Type == "message");
        (next.Type, next.Reason).ShouldBe(("gap", "lagged"));
    }

    [Fact]
    public async Task Session_state_outlives_cuts_and_the_server()
    {
        var client = await FarAsync();
        await client.SetAsync("theme", Json("dark"));
        await client.SetAsync("gone", Json(1));
        await client.SetAsync("gone", Json<int?>(null));

        Network.Cut();
        Network.Heal();
        await client.ReconnectedAsync().Within("the client to come back after the cut");
        (await client.StateAsync("theme"))!.Value.GetString().ShouldBe("dark");

        await Server.KillAsync();
        await Server.StartAsync();
        await client.ReconnectedAsync().Within("the client to come back after the kill");
        (await client.StateAsync("theme"))!.Value.GetString().ShouldBe("dark");
        (await client.StateAsync("gone")).ShouldBeNull();
    }

    [Fact]
    public async Task Another_client_with_the_memory_takes_the_session_over()
    {
        var room = Channel("chat");
        var first = await NearAsync();
        await first.SubscribeAsync(room, "live");
        await first.SetAsync("theme", Json("dark"));
        await PublishAsync(first, room, 1, 2);
        (await ReadAsync(first, room, 2)).ShouldBe([1, 2]);

        var second = await SuccessorAsync(first);
        await second.ConnectAsync().Within("the successor to be connected");
        await second.SubscribeAsync(room, "live");

        (await second.StateAsync("theme"))!.Value.GetString().ShouldBe("dark");
        (await first.ClosedAsync().Within("the first client to be told")).ShouldBe("superseded");
        await PublishAsync(second, room, 3, 3);
        // What a client was last given counts as read when it asks for more, so that one may come again.
        int next;
        do
        {
            next = (await ReadAsync(second, room, 1)).Single();
        }
        while (next == 2);
        next.ShouldBe(3);
    }

    [Fact]
    public async Task After_a_bye_the_session_is_gone()
    {
        var client = await NearAsync();
        await client.SetAsync("theme", Json("dark"));
        var successor = await SuccessorAsync(client);

        await client.CloseAsync().Within("the bye to be answered");
        await successor.ConnectAsync().Within("the successor to be connected");

        (await successor.StateAsync("theme")).ShouldBeNull();
    }

    private static string Values(DriverPage page) => string.Join(' ', page.Data);

    private static int Number(DriverEvent message) => message.Data!.Value.GetProperty("number").GetInt32();

    private static async Task PublishBulkAsync(IClientDriver client, string channel, int count) => await Task.WhenAll(
        Numbers(1, count).Select(number => client.PublishAsync(channel, Json(new { number, bulk = new string('x', 48 * 1024) }))))
        .Within($"{count} large publishes to be answered");

    /// <summary>Exactly these, in this order, and nothing after them.</summary>
    private async Task ShouldHoldAsync(string channel, IEnumerable<int> values)
    {
        var witness = await NearAsync();
        var page = await witness.HistoryAsync(channel, "start", 1000, reverse: false).Within("the history");
        page.Data.Select(data => data.GetInt32()).ShouldBe(values);
        page.More.ShouldBeFalse();
    }
}
