using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Realtime.Client;
using Realtime.Tests.Support;

namespace Realtime.Tests.Clients.DotNet;

/// <summary>The whole client over a real WebSocket; the server is scripted, the clock moved by hand.</summary>
public sealed class LoopbackTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private ScriptedServer _server = null!;
    private RealtimeClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ScriptedServer.StartAsync();
        _client = new RealtimeClient(Options());
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _client.DisposeAsync();
    }

    [Fact]
    public async Task Welcome_subscribe_publish_and_read()
    {
        var connecting = _client.ConnectAsync(TestContext.Current.CancellationToken);
        var server = await _server.WelcomeAsync();
        await connecting.Within("the client to be connected");
        _client.State.ShouldBe(ClientState.Connected);
        _client.Node.ShouldBe("node-0");
        _client.Limits!.Inflight.ShouldBe(128);
        _client.SessionState["k"].GetInt32().ShouldBe(1);

        var lobby = _client.Subscribe("chat:lobby", new SubscribeOptions { From = From.Last(1) });
        var subscribe = await server.ExpectAsync("subscribe");
        subscribe.GetProperty("from").GetProperty("last").GetInt32().ShouldBe(1);
        await server.ReplyAsync(subscribe, "\"position\":\"k:40\",\"head\":\"k:41\"");
        await lobby.Ready.Within("the subscription to stand");

        var publishing = _client.PublishAsync("chat:lobby", new { Text = "hello" }, cancellation: TestContext.Current.CancellationToken);
        var publish = await server.ExpectAsync("publish");
        publish.GetProperty("data").GetProperty("text").GetString().ShouldBe("hello");
        await server.SendAsync($"[{MachineDriver.MessageFrame("chat:lobby", 41)},{MachineDriver.MessageFrame("chat:lobby", 42)}]");
        await server.ReplyAsync(publish, "\"position\":\"k:42\"");
        (await publishing.Within("the publish to be answered")).ShouldBe(new Position("k", 42));

        await using var reader = lobby.ReadAllAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        (await Next(reader)).ShouldBeOfType<ChannelEvent.Subscribed>();
        (await Next(reader)).ShouldBeOfType<ChannelEvent.Message>().Position.ShouldBe(new Position("k", 41));
        (await Next(reader)).ShouldBeOfType<ChannelEvent.Message>().Data!.Value.GetProperty("n").GetInt32().ShouldBe(42);
        lobby.Position.ShouldBe(new Position("k", 41));
        server.Cut();
    }

    [Fact]
    public async Task A_cut_is_resumed_and_an_unanswered_publish_is_stored_once()
    {
        var server = await ConnectAsync();
        var lobby = await SubscribeAsync(server, "chat:lobby", "k:0");
        await server.SendAsync(MachineDriver.MessageFrame("chat:lobby", 1));
        var publishing = _client.PublishAsync("chat:lobby", 5, cancellation: TestContext.Current.CancellationToken);
        var first = await server.ExpectAsync("publish");

        server.Cut();
        await StateAsync(ClientState.Waiting);
        _clock.Advance(TimeSpan.FromSeconds(2));
        var again = await _server.AcceptAsync();
        var hello = await again.ExpectAsync("hello");
        hello.GetProperty("session").GetString().ShouldBe("token-1");
        hello.GetProperty("positions").GetProperty("chat:lobby").GetString().ShouldBe("k:1");
        await again.SendAsync(MachineDriver.WelcomeFrame(MachineDriver.Id(hello), """[{"channel":"chat:lobby","position":"k:1","head":"k:2","recovered":true}]""", resumed: true));
        await again.SendAsync(MachineDriver.MessageFrame("chat:lobby", 2));
        var second = await again.ExpectAsync("publish");
        second.GetProperty("seq").GetInt64().ShouldBe(first.GetProperty("seq").GetInt64());
        await again.ReplyAsync(second, "\"position\":\"k:2\"");

        (await publishing.Within("the publish to be answered")).ShouldBe(new Position("k", 2));
        var offsets = new List<long>();
        await foreach (var item in lobby.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (item is ChannelEvent.Message { Position: { } position })
            {
                offsets.Add(position.Offset);
                if (offsets.Count == 2)
                {
                    break;
                }
            }
        }

        offsets.ShouldBe([1, 2]);
        again.Cut();
    }

    [Fact]
    public async Task A_ping_is_answered_with_what_was_read()
    {
        var server = await ConnectAsync();
        var lobby = await SubscribeAsync(server, "chat:lobby", "k:4");
        await server.SendAsync(MachineDriver.MessageFrame("chat:lobby", 5));
        await server.SendAsync(MachineDriver.MessageFrame("chat:lobby", 6));
        await using var reader = lobby.ReadAllAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await Next(reader);
        await Next(reader);
        await Next(reader);

        await server.SendAsync("""{"type":"ping"}""");
        (await server.ExpectAsync("pong")).GetProperty("ack").GetProperty("chat:lobby").GetString().ShouldBe("k:5");
        await server.SendAsync("""{"type":"ping"}""");
        (await server.ExpectAsync("pong")).TryGetProperty("ack", out _).ShouldBeFalse();
        server.Cut();
    }

    [Fact]
    public async Task A_client_goes_on_from_the_memory_of_another_with_what_was_not_read()
    {
        var server = await ConnectAsync();
        var lobby = await SubscribeAsync(server, "chat:lobby", "k:4");
        await server.SendAsync($"[{MachineDriver.MessageFrame("chat:lobby", 5)},{MachineDriver.MessageFrame("chat:lobby", 6)}]");
        await using (var reader = lobby.ReadAllAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken))
        {
            await Next(reader);
            await Next(reader);
            await Next(reader);
        }

        var memory = JsonSerializer.Deserialize<ClientMemory>(JsonSerializer.Serialize(_client.Export()))!;
        await using var other = new RealtimeClient(Options() with { Memory = memory });
        _ = other.ConnectAsync(TestContext.Current.CancellationToken);
        var second = await _server.AcceptAsync();
        var hello = await second.ExpectAsync("hello");

        hello.GetProperty("session").GetString().ShouldBe("token-1");
        hello.GetProperty("positions").GetProperty("chat:lobby").GetString().ShouldBe("k:5");
        hello.GetProperty("attempt").GetInt64().ShouldBeGreaterThan(memory.Attempt);
        memory.Attempt.ShouldBeGreaterThan(1_700_000_000_000, "it counts from the time of day");
        server.Cut();
        second.Cut();
    }

    [Fact]
    public async Task A_move_switches_connections_without_leaving_the_connected_state()
    {
        var server = await ConnectAsync();
        var states = new ConcurrentQueue<ClientState>();
        _client.StateChanged += notice => states.Enqueue(notice.State);

        await server.SendAsync($$"""{"type":"move","url":"{{_server.Url}}","ticket":"t1","after":0,"within":0,"reason":"rebalance"}""");
        await server.SendAsync("""{"type":"ping"}""");
        await server.ExpectAsync("pong");
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        var next = await _server.WelcomeAsync(resumed: true);
        next.Query.ShouldBe("?ticket=t1&resume=1");
        var publishing = _client.PublishAsync("chat:lobby", 1, cancellation: TestContext.Current.CancellationToken);
        // Whichever connection is current when the call is made, the new one gets it: that is where it is repeated.
        var publish = await next.ExpectAsync("publish");
        await next.ReplyAsync(publish, "\"position\":\"k:1\"");
        await publishing.Within("the publish to be answered");

        states.ShouldAllBe(state => state == ClientState.Connected);
        server.Cut();
        next.Cut();
    }

    [Fact]
    public async Task A_refused_upgrade_is_tried_again_when_the_server_said()
    {
        _server.Refusal = HttpStatusCode.ServiceUnavailable;
        var connecting = _client.ConnectAsync(TestContext.Current.CancellationToken);
        await StateAsync(ClientState.Waiting);
        _clock.NextDue.ShouldBe(TimeSpan.FromSeconds(7));

        _clock.Advance(TimeSpan.FromSeconds(7));
        var server = await _server.WelcomeAsync();

        await connecting.Within("the client to be connected");
        server.Cut();
    }

    [Fact]
    public async Task Close_says_bye_and_ends_with_a_close_handshake()
    {
        var server = await ConnectAsync();
        var lobby = await SubscribeAsync(server, "chat:lobby", "k:4");

        var closing = _client.CloseAsync();
        await server.ReplyAsync(await server.ExpectAsync("bye"));
        await server.ExpectCloseAsync();

        await closing.Within("the client to be closed");
        server.CloseCode.ShouldBe(1000);
        _client.Export().Session.ShouldBeNull();
        var fault = await Should.ThrowAsync<RealtimeException>(() => _client.PublishAsync("chat:lobby", 1));
        fault.Code.ShouldBe("closed");
        fault.Outcome.ShouldBe(Outcome.None);
        await Should.ThrowAsync<RealtimeException>(async () =>
        {
            await foreach (var item in lobby.ReadAllAsync())
            {
                item.ShouldBeOfType<ChannelEvent.Subscribed>();
            }
        });
    }

    [Fact]
    public async Task A_takeover_ends_the_connect_and_the_events_say_why()
    {
        var server = await ConnectAsync();
        var goodbye = new TaskCompletionSource<GoodbyeNotice>(TaskCreationOptions.RunContinuationsAsynchronously);
        _client.Goodbye += notice => goodbye.TrySetResult(notice);

        await server.SendAsync("""{"type":"goodbye","code":4201,"reason":"superseded","reconnect":false}""");
        await server.ExpectCloseAsync();

        (await goodbye.Task.Within("the goodbye to be told")).ShouldBe(new GoodbyeNotice(4201, "superseded", true));
        (await Should.ThrowAsync<RealtimeException>(() => _client.ConnectAsync())).Code.ShouldBe("superseded");
    }

    [Fact]
    public async Task A_reader_may_await_its_own_publish_while_messages_pile_up()
    {
        await using var client = new RealtimeClient(Options() with { ReadAhead = 2 });
        var connecting = client.ConnectAsync(TestContext.Current.CancellationToken);
        var server = await _server.WelcomeAsync();
        await connecting.Within("the client to be connected");
        var lobby = client.Subscribe("chat:lobby");
        await server.ReplyAsync(await server.ExpectAsync("subscribe"), "\"position\":\"k:0\",\"head\":\"k:0\"");
        for (var offset = 1; offset <= 5; offset++)
        {
            await server.SendAsync(MachineDriver.MessageFrame("chat:lobby", offset));
        }

        await server.SendAsync("""{"type":"ping"}""");
        await server.ExpectAsync("pong");
        await using var reader = lobby.ReadAllAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await Next(reader);
        var publishing = client.PublishAsync("chat:lobby", 1, cancellation: TestContext.Current.CancellationToken);
        await server.ReplyAsync(await server.ExpectAsync("publish"), "\"position\":\"k:6\"");
        await publishing.Within("the publish to be answered while the reader stands still");
        (await Next(reader)).ShouldBeOfType<ChannelEvent.Message>().Position.ShouldBe(new Position("k", 1));

        var next = await _server.AcceptAsync();
        var hello = await next.ExpectAsync("hello");
        hello.GetProperty("positions").GetProperty("chat:lobby").GetString().ShouldBe("k:1");
        server.Cut();
        next.Cut();
    }

    private static async Task<ChannelEvent> Next(IAsyncEnumerator<ChannelEvent> reader)
    {
        (await reader.MoveNextAsync().AsTask().Within("the next event")).ShouldBeTrue();
        return reader.Current;
    }

    private RealtimeClientOptions Options() => new() { Url = _server.Url, TimeProvider = _clock, Random = new Random(7) };

    private async Task<ScriptedConnection> ConnectAsync()
    {
        var connecting = _client.ConnectAsync(TestContext.Current.CancellationToken);
        var server = await _server.WelcomeAsync();
        await connecting.Within("the client to be connected");
        return server;
    }

    private async Task<RealtimeSubscription> SubscribeAsync(ScriptedConnection server, string channel, string position)
    {
        var subscription = _client.Subscribe(channel);
        await server.ReplyAsync(await server.ExpectAsync("subscribe"), $"\"position\":\"{position}\",\"head\":\"{position}\"");
        await subscription.Ready.Within("the subscription to stand");
        return subscription;
    }

    private async Task StateAsync(ClientState state)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _client.StateChanged += now => _ = now.State == state && reached.TrySetResult();
        if (_client.State == state)
        {
            return;
        }

        await reached.Task.Within($"the client to be {state}");
    }
}
