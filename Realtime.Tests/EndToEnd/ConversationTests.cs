namespace Realtime.Tests.EndToEnd;

[Collection(ActorSystems.Name)]
public sealed class ConversationTests(SharedNode node) : IClassFixture<SharedNode>
{
    [Fact]
    public async Task A_published_message_reaches_the_subscriber_once_and_the_publisher_gets_its_position()
    {
        await using var reader = await RawClient.HelloAsync(node.Url);
        await using var writer = await RawClient.HelloAsync(node.Url);
        var subscribed = await reader.AskAsync("""{"type":"subscribe","id":2,"channel":"chat:lobby"}""");

        var published = await writer.AskAsync("""{"type":"publish","id":2,"channel":"chat:lobby","data":{"text":"hi"}}""");

        var message = await reader.WaitAsync("message");
        ((long)message["offset"]!).ShouldBe(1);
        ((string?)message["data"]!["text"]).ShouldBe("hi");
        ((string?)published["position"]).ShouldBe(((string)subscribed["position"]!).Split(':')[0] + ":1");
    }

    [Theory]
    [InlineData("chat:since")]
    [InlineData("board:since")]
    public async Task The_last_seconds_of_a_channel_can_be_asked_for_and_leave_its_log_as_it_is(string channel)
    {
        await using var client = await RawClient.HelloAsync(node.Url);
        for (var i = 1; i <= 3; i++)
        {
            await client.AskAsync($$"""{"type":"publish","id":{{i + 1}},"channel":"{{channel}}","data":{{i}}}""");
        }

        var page = await client.AskAsync($$$"""{"type":"history","id":5,"channel":"{{{channel}}}","from":{"ago":60}}""");
        var subscribed = await client.AskAsync($$$"""{"type":"subscribe","id":6,"channel":"{{{channel}}}","from":{"ago":60}}""");

        page["messages"]!.AsArray().Select(message => (long)message!["offset"]!).ShouldBe([1, 2, 3]);
        (await client.MessagesAsync(channel, 3)).Select(message => (long)message["offset"]!).ShouldBe([1, 2, 3]);
        ((string)subscribed["position"]!).Split(':')[0].ShouldBe(((string)page["position"]!).Split(':')[0]);
    }

    [Fact]
    public async Task A_resumed_session_gets_exactly_the_messages_it_missed()
    {
        var reader = await RawClient.HelloAsync(node.Url, "\"subscriptions\":[{\"channel\":\"default-room\"}]");
        await using var writer = await RawClient.HelloAsync(node.Url);
        await writer.AskAsync("""{"type":"publish","id":2,"channel":"default-room","data":1}""");
        var first = await reader.WaitAsync("message");
        reader.Cut();
        for (var i = 2; i <= 5; i++)
        {
            await writer.AskAsync($$"""{"type":"publish","id":{{i + 1}},"channel":"default-room","data":{{i}}}""");
        }

        var epoch = ((string)reader.Welcome["subscriptions"]![0]!["position"]!).Split(':')[0];
        await using var again = await RawClient.HelloAsync(
            node.Url, $$"""
            "session":"{{reader.Session}}","positions":{"default-room":"{{epoch}}:{{(long)first["offset"]!}}"}
            """);

        ((bool)again.Welcome["resumed"]!).ShouldBeTrue();
        ((bool)again.Welcome["subscriptions"]![0]!["recovered"]!).ShouldBeTrue();
        var messages = await again.MessagesAsync("default-room", 4);
        messages.Select(message => (long)message["offset"]!).ShouldBe([2, 3, 4, 5]);
    }
}
