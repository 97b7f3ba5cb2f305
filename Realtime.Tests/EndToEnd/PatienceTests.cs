using System.Net.WebSockets;
using Realtime.Node.Connections;

namespace Realtime.Tests.EndToEnd;

/// <summary>Clients that say nothing, too much, or never read: what the node does about them, and that nobody else notices.</summary>
[Collection(ActorSystems.Name)]
public sealed class PatienceTests
{
    private static ConnectionPolicy Impatient => TestNode.Settings.Connections with
    {
        HelloTimeout = TimeSpan.FromSeconds(1),
        PingEvery = TimeSpan.FromSeconds(1),
        PingTimeout = TimeSpan.FromSeconds(1),
    };

    [Fact]
    public async Task A_socket_without_hello_is_closed_and_may_come_back()
    {
        await using var node = await TestNode.StartAsync(TestNode.Settings with { Connections = Impatient });
        await using var client = await RawClient.OpenAsync(node.Url);

        await BadInputTests.ShouldCloseAsync(client, 4005, final: false);
    }

    [Fact]
    public async Task A_silent_client_is_pinged_and_then_closed()
    {
        await using var node = await TestNode.StartAsync(TestNode.Settings with { Connections = Impatient });
        await using var client = await RawClient.HelloAsync(node.Url);

        await client.WaitAsync("ping");

        await BadInputTests.ShouldCloseAsync(client, 4001, final: false);
    }

    [Fact]
    public async Task A_flood_is_told_when_to_go_on_and_then_closed()
    {
        var policy = TestNode.Settings.Connections with { RequestRate = 1, RequestBurst = 20 };
        await using var node = await TestNode.StartAsync(TestNode.Settings with { Connections = policy });
        await using var client = await RawClient.HelloAsync(node.Url);

        var batch = "[" + string.Join(",", Enumerable.Range(2, 64).Select(id => $$"""{"type":"unsubscribe","id":{{id}},"channel":"chat:x"}""")) + "]";
        for (var i = 0; i < 40 && client.CloseStatus is null; i++)
        {
            try
            {
                await client.SendAsync(batch);
            }
            catch (WebSocketException)
            {
                break; // Closed under our hands: what we wait for below.
            }
        }

        var error = await client.WaitAsync("error");
        ((string?)error["code"]).ShouldBe("rate_limited");
        ((int)error["retryAfter"]!).ShouldBeGreaterThan(0);
        ((int)(await client.WaitAsync("goodbye"))["code"]!).ShouldBe(4204);
    }

    [Fact]
    public async Task A_client_that_never_reads_is_closed_and_the_others_get_everything()
    {
        var policy = TestNode.Settings.Connections with { QueueBytes = 32 * 1024, StallTimeout = TimeSpan.FromSeconds(2) };
        await using var node = await TestNode.StartAsync(TestNode.Settings with { Connections = policy });
        using var stopped = await StoppedReader.OpenAsync(node.Url, "board:room");
        await using var reader = await RawClient.HelloAsync(node.Url, "\"subscriptions\":[{\"channel\":\"board:room\"}]");
        await using var writer = await RawClient.HelloAsync(node.Url);

        const int Count = 600;
        var data = new string('x', 16 * 1024);
        for (var i = 1; i <= Count; i++)
        {
            await writer.AskAsync($$"""{"type":"publish","id":{{i}},"channel":"board:room","data":"{{data}}"}""");
        }

        (await reader.MessagesAsync("board:room", Count)).Select(message => (long)message["offset"]!)
            .ShouldBe(Enumerable.Range(1, Count).Select(offset => (long)offset));
        await node.GoneAsync(2);
    }

    [Fact]
    public async Task A_slow_reader_catches_up_from_the_log_without_missing_anything()
    {
        var policy = TestNode.Settings.Connections with { QueueBytes = 16 * 1024 };
        await using var node = await TestNode.StartAsync(TestNode.Settings with { Connections = policy });
        using var slow = await StoppedReader.OpenAsync(node.Url, "board:room");
        await using var writer = await RawClient.HelloAsync(node.Url);
        const int Count = 1500;
        var data = new string('x', 8 * 1024);
        for (var i = 1; i <= Count; i++)
        {
            await writer.AskAsync($$"""{"type":"publish","id":{{i}},"channel":"board:room","data":"{{data}}"}""");
        }

        (await slow.ReadOffsetsAsync(Count)).ShouldBe(Enumerable.Range(1, Count).Select(offset => (long)offset));
    }
}
