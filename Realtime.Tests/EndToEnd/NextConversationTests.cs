using System.Text.Json.Nodes;
using Realtime.Messages.Ids;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>Clients on real sockets, all rooms on Akka.NET, one SQLite file.</summary>
[Collection(ActorSystems.Name)]
public sealed class ConversationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("realtime-next").FullName;

    private string File => Path.Combine(_folder, "store.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_one_client_publishes_reaches_the_others_and_a_client_that_comes_back_gets_what_it_missed()
    {
        await using var node = await RoomsNode.StartAsync(File);
        await using var ann = await RawClient.HelloAsync(node.Url, """
            "token":"ann","producer":"p-ann","subscriptions":[{"channel":"chat:room","presence":"ann"}]
            """);
        var bob = await RawClient.HelloAsync(node.Url, """
            "token":"bob","subscriptions":[{"channel":"chat:room","presence":"bob"}]
            """);
        await ann.WaitAsync("bob to be seen", frame => frame.ToJsonString().Contains("bob", StringComparison.Ordinal));

        var first = await PublishAsync(ann, 10, 1);
        (await bob.MessagesAsync("chat:room", 1))[0]["data"]!.GetValue<int>().ShouldBe(1);
        var session = bob.Session;
        await bob.DisposeAsync();
        var second = await PublishAsync(ann, 11, 2);
        (await PublishAsync(ann, 13, 2))["position"]!.ToJsonString()
            .ShouldBe(second["position"]!.ToJsonString(), "a repeat is the same message");
        await PublishAsync(ann, 12, 3);

        await using var back = await RawClient.HelloAsync(node.Url, $$"""
            "session":"{{session}}","positions":{"chat:room":{{first["position"]!.ToJsonString()}}}
            """);

        back.Welcome["resumed"]!.GetValue<bool>().ShouldBeTrue();
        (await back.MessagesAsync("chat:room", 2)).Select(message => message["data"]!.GetValue<int>()).ShouldBe([2, 3]);
        back.Frames.ShouldNotContain(frame => RawClient.TypeOf(frame) == "gap");
        ann.Frames.ShouldNotContain(frame => frame.ToJsonString().Contains("left", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_that_starts_again_knows_sessions_state_and_messages()
    {
        string session;
        JsonObject published;
        await using (var node = await RoomsNode.StartAsync(File))
        {
            await using var ann = await RawClient.HelloAsync(node.Url, """
                "token":"ann","producer":"p-ann","subscriptions":[{"channel":"chat:room"}]
                """);
            (await ann.AskAsync("""{"type":"set","id":5,"key":"theme","value":"dark"}""")).ToJsonString().ShouldContain("reply");
            published = await PublishAsync(ann, 10, 1);
            await PublishAsync(ann, 11, 2);
            await ann.MessagesAsync("chat:room", 2);
            session = ann.Session;
        }

        await using var again = await RoomsNode.StartAsync(File, life: 2);
        await using var back = await RawClient.HelloAsync(again.Url, $$"""
            "session":"{{session}}","positions":{"chat:room":{{published["position"]!.ToJsonString()}}}
            """);

        back.Welcome["resumed"]!.GetValue<bool>().ShouldBeTrue();
        back.Welcome["state"]!["theme"]!.GetValue<string>().ShouldBe("dark");
        (await back.MessagesAsync("chat:room", 1))[0]["data"]!.GetValue<int>().ShouldBe(2);
        var history = await back.AskAsync("""{"type":"history","id":7,"channel":"chat:room"}""");
        history["messages"]!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_newer_connection_takes_the_session_over_and_a_bye_ends_it()
    {
        await using var node = await RoomsNode.StartAsync(File);
        await using var first = await RawClient.HelloAsync(node.Url, "\"token\":\"ann\"");
        await using var second = await RawClient.HelloAsync(node.Url, $"\"session\":\"{first.Session}\"");
        (await first.WaitAsync("goodbye"))["code"]!.GetValue<int>().ShouldBe(4200);

        (await second.AskAsync("""{"type":"bye","id":9}""")).ToJsonString().ShouldContain("reply");
        (await second.WaitAsync("goodbye"))["code"]!.GetValue<int>().ShouldBe(4201);
        await using var third = await RawClient.HelloAsync(node.Url, $"\"token\":\"ann\",\"session\":\"{first.Session}\"");

        third.Welcome["resumed"]!.GetValue<bool>().ShouldBeFalse();
        await Soon.IsTrueAsync(() => node.Connections.Count == 1, "the closed connections to be counted out");
    }

    private static async Task<JsonObject> PublishAsync(RawClient client, int id, int sequence)
    {
        var reply = await client.AskAsync($$"""
            {"type":"publish","id":{{id}},"channel":"chat:room","data":{{sequence}},"seq":{{sequence}}}
            """);
        return reply["position"] is null ? throw new InvalidOperationException(reply.ToJsonString()) : reply;
    }
}
