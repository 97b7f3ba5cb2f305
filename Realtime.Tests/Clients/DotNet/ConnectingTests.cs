using System.Net;
using System.Net.Sockets;
using Realtime.Client;
using Realtime.Tests.Support;

namespace Realtime.Tests.Clients.DotNet;

/// <summary>Connecting by itself, saying why not, and giving up in time.</summary>
public sealed class ConnectingTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private ScriptedServer _server = null!;
    private RealtimeClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ScriptedServer.StartAsync();
        _client = new RealtimeClient(Options(_server.Url));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _client.DisposeAsync();
    }

    [Theory]
    [InlineData("publish")]
    [InlineData("call")]
    [InlineData("history")]
    [InlineData("set")]
    [InlineData("update")]
    [InlineData("presence")]
    [InlineData("refresh")]
    [InlineData("subscribe")]
    public async Task What_is_asked_before_connect_connects_by_itself(string request)
    {
        _ = request switch
        {
            "publish" => _client.PublishAsync("chat:a", 1),
            "call" => _client.CallAsync("m", 1),
            "history" => _client.HistoryAsync("chat:a"),
            "set" => _client.SetAsync("k", 1),
            "update" => _client.UpdatePresenceAsync("chat:a", 1),
            "presence" => _client.PresenceAsync("chat:a"),
            "refresh" => _client.RefreshAsync("t"),
            "subscribe" => _client.Subscribe("chat:a").Ready,
            _ => throw new ArgumentOutOfRangeException(nameof(request)),
        };

        var server = await _server.WelcomeAsync();
        await server.ExpectAsync(request);
        server.Cut();
    }

    [Fact]
    public async Task After_a_disconnect_requests_wait_until_the_application_connects_again()
    {
        var connecting = _client.ConnectAsync(TestContext.Current.CancellationToken);
        var first = await _server.WelcomeAsync();
        await connecting.Within("the client to be connected");
        var leaving = _client.DisconnectAsync();
        await first.ExpectCloseAsync();
        await leaving.Within("the client to be disconnected");

        _ = _client.PublishAsync("chat:a", 1, cancellation: TestContext.Current.CancellationToken);
        _client.State.ShouldBe(ClientState.Disconnected);
        _ = _client.ConnectAsync(TestContext.Current.CancellationToken);

        var second = await _server.WelcomeAsync(resumed: true);
        await second.ExpectAsync("publish");
        second.Cut();
    }

    [Fact]
    public async Task A_wrong_port_is_told_as_the_reason_and_a_deadline_ends_the_trying()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // Bound and not listening: connections to it are refused, and no other process gets the port.
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        await using var client = new RealtimeClient(Options(new Uri($"http://127.0.0.1:{port}")));
        var notices = new System.Collections.Concurrent.ConcurrentQueue<StateNotice>();
        client.StateChanged += notices.Enqueue;

        var connecting = client.ConnectAsync(TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken);
        SpinWait.SpinUntil(() => client.State == ClientState.Waiting, TimeSpan.FromSeconds(30)).ShouldBeTrue("the client to wait");
        client.Reason!.Code.ShouldBe("connect_failed");
        client.Reason.Message.ShouldContain($"127.0.0.1:{port}");
        SpinWait.SpinUntil(() => notices.Any(notice => notice is { State: ClientState.Waiting, Reason.Code: "connect_failed", RetryIn: not null }), TimeSpan.FromSeconds(30)).ShouldBeTrue("the notice");
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        var fault = await Should.ThrowAsync<RealtimeException>(() => connecting.Within("the deadline"));
        fault.Code.ShouldBe("timeout");
        fault.Message.ShouldContain("connect_failed");
        client.State.ShouldBe(ClientState.Disconnected);
        _clock.NextDue.ShouldBeNull("nothing is tried any more");
    }

    [Fact]
    public async Task A_refused_handshake_is_told_as_the_reason()
    {
        _server.Refusal = HttpStatusCode.NotFound;
        var connecting = _client.ConnectAsync(TestContext.Current.CancellationToken);
        SpinWait.SpinUntil(() => _client.State == ClientState.Waiting, TimeSpan.FromSeconds(30)).ShouldBeTrue("the client to wait");

        _client.Reason!.ShouldSatisfyAllConditions(
            reason => reason.Code.ShouldBe("connect_failed"),
            reason => reason.Message.ShouldContain("answered 404"));
        _clock.Advance(TimeSpan.FromSeconds(2));
        var server = await _server.WelcomeAsync();
        await connecting.Within("the client to be connected");
        _client.Reason.ShouldBeNull();
        server.Cut();
    }

    [Fact]
    public async Task A_deadline_beyond_what_a_timer_holds_is_none_and_a_negative_one_is_refused_as_such()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => _client.ConnectAsync(TimeSpan.FromSeconds(-2), TestContext.Current.CancellationToken)).ParamName.ShouldBe("deadline");

        var connecting = _client.ConnectAsync(TimeSpan.MaxValue, TestContext.Current.CancellationToken);
        var server = await _server.WelcomeAsync();
        await connecting.Within("the client to be connected");
        server.Cut();
    }

    [Fact]
    public async Task The_option_is_a_deadline_too_and_a_waiting_publish_keeps_the_client_trying()
    {
        _server.Refusal = HttpStatusCode.NotFound;
        await using var client = new RealtimeClient(Options(_server.Url) with { ConnectDeadline = TimeSpan.FromMilliseconds(1) });
        var publishing = client.PublishAsync("chat:a", 1, cancellation: TestContext.Current.CancellationToken);
        SpinWait.SpinUntil(() => client.State == ClientState.Waiting, TimeSpan.FromSeconds(30)).ShouldBeTrue("the client to wait");
        var connecting = client.ConnectAsync(TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        (await Should.ThrowAsync<RealtimeException>(() => connecting.Within("the deadline"))).Code.ShouldBe("timeout");

        _clock.Advance(TimeSpan.FromSeconds(2));
        var server = await _server.WelcomeAsync();
        await server.ReplyAsync(await server.ExpectAsync("publish"), "\"position\":\"k:1\"");
        await publishing.Within("the publish to be answered");
        server.Cut();
    }

    [Fact]
    public async Task A_cancelled_connect_stops_the_trying_and_another_one_does_not()
    {
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var one = _client.ConnectAsync(first.Token);
        var two = _client.ConnectAsync(second.Token);
        var server = await _server.AcceptAsync();
        await server.ExpectAsync("hello");

        await first.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => one.Within("the first to end"));
        _client.State.ShouldBe(ClientState.Connecting);
        await second.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => two.Within("the second to end"));
        _client.State.ShouldBe(ClientState.Disconnected);
        server.Cut();
    }

    private RealtimeClientOptions Options(Uri url) => new() { Url = url, TimeProvider = _clock, Random = new Random(7) };
}
