using System.Text.Json.Nodes;
using Realtime.Messages.Entities;
using Realtime.Node.Auth;
using Realtime.Node.Persistence.Store.Sqlite;
using Realtime.Tests.Auth;
using Realtime.Tests.Hosting;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>The life of a session over connections, nodes and restarts.</summary>
[Collection(ActorSystems.Name)]
public sealed class LifeTests(SharedNode shared) : IClassFixture<SharedNode>
{
    private const string Key = "a development key that is long enough for HS256";

    [Fact]
    public async Task The_newest_connection_takes_the_session_over_and_the_older_one_is_told_for_good()
    {
        await using var older = await RawClient.HelloAsync(shared.Url, "\"subscriptions\":[{\"channel\":\"chat:taken\"}]");

        await using var newer = await RawClient.HelloAsync(shared.Url, $"\"session\":\"{older.Session}\"");

        await BadInputTests.ShouldCloseAsync(older, 4200, final: true);
        ((bool)newer.Welcome["resumed"]!).ShouldBeTrue();
        newer.Session.ShouldBe(older.Session);
        newer.Welcome["subscriptions"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_reconnect_within_the_grace_time_is_no_leaving_and_a_longer_absence_is()
    {
        await using var watcher = await RawClient.HelloAsync(shared.Url);
        await watcher.AskAsync("""{"type":"subscribe","id":2,"channel":"chat:back"}""");
        var guest = await RawClient.HelloAsync(shared.Url, """
            "subscriptions":[{"channel":"chat:back","presence":{"name":"guest"}}]
            """);
        await watcher.WaitAsync("joined");

        guest.Cut();
        await shared.Node.GoneAsync(1);
        await using var back = await RawClient.HelloAsync(shared.Url, $"\"session\":\"{guest.Session}\"");
        ((int)(await back.WaitAsync("roster"))["count"]!).ShouldBe(1);
        ((int)(await watcher.AskAsync("""{"type":"presence","id":3,"channel":"chat:back"}"""))["count"]!).ShouldBe(1);
        watcher.Frames.Count(frame => RawClient.TypeOf(frame) is "joined" or "left").ShouldBe(1);

        back.Cut();
        var left = await watcher.WaitAsync("left");
        ((string?)left["members"]![0]!["data"]!["name"]).ShouldBe("guest");
    }

    [Fact]
    public async Task An_unanswered_publish_that_is_repeated_on_a_new_connection_is_stored_once()
    {
        var first = await RawClient.HelloAsync(shared.Url, "\"producer\":\"p-1\"");
        var stored = await first.AskAsync("""{"type":"publish","id":2,"channel":"default-room","data":1,"seq":1}""");
        first.Cut();

        await using var second = await RawClient.HelloAsync(shared.Url, "\"producer\":\"p-1\"");
        var repeated = await second.AskAsync("""{"type":"publish","id":2,"channel":"default-room","data":1,"seq":1}""");

        ((string?)repeated["position"]).ShouldBe((string?)stored["position"]);
        (await second.AskAsync("""{"type":"history","id":3,"channel":"default-room"}"""))["messages"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_published_without_echo_does_not_come_back_and_the_next_message_names_what_the_client_knows()
    {
        await using var self = await RawClient.HelloAsync(shared.Url, "\"subscriptions\":[{\"channel\":\"board:echo\"}]");
        await using var other = await RawClient.HelloAsync(shared.Url, "\"subscriptions\":[{\"channel\":\"board:echo\"}]");
        await self.AskAsync("""{"type":"publish","id":2,"channel":"board:echo","data":1}""");
        await self.AskAsync("""{"type":"publish","id":3,"channel":"board:echo","data":2,"echo":false}""");
        await self.AskAsync("""{"type":"publish","id":4,"channel":"board:echo","data":3}""");

        var seen = await self.MessagesAsync("board:echo", 2);

        seen.Select(message => (int)message["data"]!).ShouldBe([1, 3]);
        ((long)seen[1]["prev"]!).ShouldBe(1);
        (await other.MessagesAsync("board:echo", 3)).ShouldAllBe(message => message["prev"] == null);
    }

    [Fact]
    public async Task After_bye_nothing_of_the_session_is_left()
    {
        await using var watcher = await RawClient.HelloAsync(shared.Url, "\"subscriptions\":[{\"channel\":\"chat:left\"}]");
        await using var client = await RawClient.HelloAsync(shared.Url, """
            "subscriptions":[{"channel":"chat:left","presence":{}}]
            """);
        await watcher.WaitAsync("joined");
        await client.AskAsync("""{"type":"set","id":2,"key":"theme","value":"dark"}""");

        ((string?)(await client.AskAsync("""{"type":"bye","id":3}"""))["type"]).ShouldBe("reply");

        await BadInputTests.ShouldCloseAsync(client, 4201, final: true);
        await watcher.WaitAsync("left");
        await using var again = await RawClient.HelloAsync(shared.Url, $"\"session\":\"{client.Session}\"");
        ((bool)again.Welcome["resumed"]!).ShouldBeFalse();
        again.Welcome["state"]!.AsObject().Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_user_gets_the_personal_channel_in_every_session_and_the_token_of_another_user_does_not_resume()
    {
        await using var node = await TestNode.StartAsync(tokens: new DevelopmentKeyVerifier(Key, null, null));
        var expires = DateTimeOffset.UnixEpoch.AddYears(100).ToUnixTimeSeconds();
        string TokenOf(string user) => Jwt.Sign($$"""{"sub":"{{user}}","exp":{{expires}}}""", Key);
        await using var alice = await RawClient.HelloAsync(node.Url, $"\"token\":\"{TokenOf("alice")}\"");
        ((string?)alice.Welcome["user"]).ShouldBe("alice");
        alice.Welcome["subscriptions"]!.AsArray().Select(item => (string?)item!["channel"]).ShouldBe(["@alice"]);

        await using var bob = await RawClient.HelloAsync(node.Url, $"\"token\":\"{TokenOf("bob")}\",\"session\":\"{alice.Session}\"");

        ((bool)bob.Welcome["resumed"]!).ShouldBeFalse();
        ((string?)bob.Welcome["user"]).ShouldBe("bob");
        ((string?)(await bob.AskAsync("""{"type":"subscribe","id":2,"channel":"@alice"}"""))["code"]).ShouldBe("forbidden");
        (await alice.AskAsync("""{"type":"set","id":2,"key":"k","value":1}"""))["type"]!.GetValue<string>().ShouldBe("reply");
    }

    [Fact]
    public async Task A_node_that_stops_says_when_to_come_back_and_its_successor_knows_everybody()
    {
        using var directory = new TemporaryDirectory();
        RawClient client;
        await using (var node = await TestNode.StartAsync(store: Store(directory)))
        {
            client = await RawClient.HelloAsync(node.Url, "\"subscriptions\":[{\"channel\":\"default-room\"}]");
            await client.AskAsync("""{"type":"set","id":2,"key":"theme","value":"dark"}""");
            await client.AskAsync("""{"type":"publish","id":3,"channel":"default-room","data":1}""");
            await client.MessagesAsync("default-room", 1);
        }

        var goodbye = await client.WaitAsync("goodbye");
        ((int)goodbye["code"]!).ShouldBe(4000);
        ((int)goodbye["reconnect"]!["within"]!).ShouldBe(2000);
        await client.ClosedAsync();

        await using var successor = await TestNode.StartAsync(store: Store(directory));
        await using var writer = await RawClient.HelloAsync(successor.Url);
        await writer.AskAsync("""{"type":"publish","id":2,"channel":"default-room","data":2}""");
        var epoch = ((string)client.Welcome["subscriptions"]![0]!["position"]!).Split(':')[0];
        await using var back = await RawClient.HelloAsync(
            successor.Url, $$"""
            "session":"{{client.Session}}","positions":{"default-room":"{{epoch}}:1"}
            """);

        ((bool)back.Welcome["resumed"]!).ShouldBeTrue();
        ((string?)back.Welcome["state"]!["theme"]).ShouldBe("dark");
        (await back.MessagesAsync("default-room", 1)).Select(message => (int)message["data"]!).ShouldBe([2]);
    }

    [Fact]
    public async Task What_is_queued_for_a_reader_comes_before_the_goodbye_and_the_close_frame_has_its_code()
    {
        var node = await TestNode.StartAsync();
        using var reader = await StoppedReader.OpenAsync(node.Url, "board:x");
        await using var writer = await RawClient.HelloAsync(node.Url);
        var data = new string('x', 8 * 1024);
        for (var i = 1; i <= 50; i++)
        {
            await writer.AskAsync($$"""{"type":"publish","id":{{i}},"channel":"board:x","data":"{{data}}"}""");
        }

        var stopping = node.DisposeAsync();

        (await reader.ReadOffsetsAsync(50)).Count.ShouldBe(50);
        (await reader.ReadCloseAsync()).ShouldBe(4000);
        reader.Dispose();
        await stopping;
    }

    [Fact]
    public async Task Acknowledged_positions_resume_a_client_without_memory()
    {
        await using var node = await TestNode.StartAsync(TestNode.Settings with { Sessions = new() { Grace = TimeSpan.FromMilliseconds(200) } });
        var client = await RawClient.HelloAsync(node.Url, "\"subscriptions\":[{\"channel\":\"default-room\"}]");
        for (var i = 1; i <= 4; i++)
        {
            await client.AskAsync($$"""{"type":"publish","id":{{i + 1}},"channel":"default-room","data":{{i}}}""");
        }

        await client.MessagesAsync("default-room", 4);
        var epoch = ((string)client.Welcome["subscriptions"]![0]!["position"]!).Split(':')[0];
        await client.SendAsync("""{"type":"ack","positions":{"default-room":""" + $"\"{epoch}:3\"" + "}}");
        await client.AskAsync("""{"type":"set","id":9,"key":"after","value":"the ack"}""");
        var session = await node.SessionAsync(client);
        client.Cut();
        await node.UntilAsync(session, SessionPhase.Parked);

        await using var back = await RawClient.HelloAsync(node.Url, $"\"session\":\"{client.Session}\"");

        ((string?)back.Welcome["subscriptions"]![0]!["position"]).ShouldBe($"{epoch}:3");
        (await back.MessagesAsync("default-room", 1)).Select(message => (int)message["data"]!).ShouldBe([4]);
    }

    private static SqliteEventStore Store(TemporaryDirectory directory) => new(new SqliteEventStoreOptions(directory.File("realtime.db")));
}
