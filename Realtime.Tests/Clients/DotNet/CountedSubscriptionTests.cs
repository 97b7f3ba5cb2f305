using System.Text.Json;
using Realtime.Client;
using Realtime.Tests.Support;

namespace Realtime.Tests.Clients.DotNet;

/// <summary>Several subscriptions of one channel, and the end of a client, as the server sees them.</summary>
public sealed class CountedSubscriptionTests : IAsyncLifetime
{
    private ScriptedServer _server = null!;
    private RealtimeClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ScriptedServer.StartAsync();
        _client = new RealtimeClient(new RealtimeClientOptions { Url = _server.Url, TimeProvider = new ManualClock(), Random = new Random(7) });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _client.DisposeAsync();
    }

    [Fact]
    public async Task The_channel_is_left_with_the_last_of_its_subscriptions()
    {
        var one = _client.Subscribe("chat:a");
        var two = _client.Subscribe("chat:a");
        var server = await _server.WelcomeAsync();
        await server.ReplyAsync(await server.ExpectAsync("subscribe"), "\"position\":\"k:0\",\"head\":\"k:0\"");
        await Task.WhenAll(one.Ready, two.Ready).Within("both to stand");

        await one.UnsubscribeAsync().Within("the first to end");
        var leaving = two.UnsubscribeAsync();

        // Nothing came between: the first one's end was this client's own matter.
        await server.ReplyAsync(await server.ExpectAsync("unsubscribe"));
        await leaving.Within("the channel to be left");
        _client.Subscriptions.ShouldBeEmpty();
        server.Cut();
    }

    [Fact]
    public async Task A_second_subscriptions_presence_is_told_and_its_stream_is_not_begun_again()
    {
        var one = _client.Subscribe("chat:a");
        var server = await _server.WelcomeAsync();
        await server.ReplyAsync(await server.ExpectAsync("subscribe"), "\"position\":\"k:0\",\"head\":\"k:0\"");
        await one.Ready.Within("the first to stand");

        _client.Subscribe("chat:a", new SubscribeOptions { Presence = JsonSerializer.SerializeToElement("Ann") });

        var again = await server.ExpectAsync("subscribe");
        again.GetProperty("presence").GetString().ShouldBe("Ann");
        await server.ReplyAsync(again, "\"position\":\"k:0\",\"head\":\"k:0\",\"already\":true");
        await server.SendAsync(MachineDriver.MessageFrame("chat:a", 1));
        await using var reader = one.ReadAllAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        (await reader.MoveNextAsync().AsTask().Within("the first event")).ShouldBeTrue();
        reader.Current.ShouldBeOfType<ChannelEvent.Subscribed>();
        (await reader.MoveNextAsync().AsTask().Within("the message")).ShouldBeTrue();
        reader.Current.ShouldBeOfType<ChannelEvent.Message>();
        server.Cut();
    }

    [Fact]
    public async Task Positions_are_those_that_every_subscription_of_the_channel_has_read()
    {
        var one = _client.Subscribe("chat:a");
        var two = _client.Subscribe("chat:a");
        var server = await _server.WelcomeAsync();
        await server.ReplyAsync(await server.ExpectAsync("subscribe"), "\"position\":\"k:0\",\"head\":\"k:0\"");
        await server.SendAsync($"[{MachineDriver.MessageFrame("chat:a", 1)},{MachineDriver.MessageFrame("chat:a", 2)}]");
        await Task.WhenAll(one.Ready, two.Ready).Within("both to stand");

        await ReadToAsync(one, 2);
        await ReadToAsync(two, 1);

        _client.Export().Positions["chat:a"].ShouldBe("k:0", "the message a loop was left at does not count");
        server.Cut();
    }

    [Fact]
    public async Task Disposing_keeps_the_session_and_says_no_bye()
    {
        var connecting = _client.ConnectAsync(TestContext.Current.CancellationToken);
        var server = await _server.WelcomeAsync();
        await connecting.Within("the client to be connected");

        var ending = _client.DisposeAsync().AsTask();
        await server.ExpectCloseAsync();

        await ending.Within("the client to be gone");
        _client.Export().Session.ShouldBe("token-1");
    }

    private static async Task ReadToAsync(RealtimeSubscription subscription, long offset)
    {
        await foreach (var item in subscription.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (item is ChannelEvent.Message { Position: { } position } && position.Offset == offset)
            {
                return;
            }
        }
    }
}
