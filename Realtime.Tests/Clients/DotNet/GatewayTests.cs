using Realtime.Client;
using Realtime.Tests.Support;

namespace Realtime.Tests.Clients.DotNet;

/// <summary>The client asks where to connect. Two scripted servers: the client's own address, and the one the gateway names.</summary>
public sealed class GatewayTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private ScriptedServer _home = null!;
    private ScriptedServer _named = null!;
    private RealtimeClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _home = await ScriptedServer.StartAsync();
        _named = await ScriptedServer.StartAsync();
        _client = new RealtimeClient(new RealtimeClientOptions { Url = _home.Url, Gateway = _home.Url, TimeProvider = _clock, Random = new Random(7) });
    }

    public async ValueTask DisposeAsync()
    {
        await _home.DisposeAsync();
        await _named.DisposeAsync();
        await _client.DisposeAsync();
    }

    [Fact]
    public async Task The_place_and_the_ticket_of_the_gateway_are_used_and_the_resume_token_goes_in_a_header()
    {
        Name(0);
        var connecting = _client.ConnectAsync(TestContext.Current.CancellationToken);
        var first = await _named.WelcomeAsync();
        await connecting.Within("the client to be connected");
        first.Query.ShouldBe("?ticket=t%201");

        first.Cut();
        await StateAsync(ClientState.Waiting);
        _clock.Advance(TimeSpan.FromSeconds(2));
        var second = await _named.WelcomeAsync(resumed: true);

        second.Query.ShouldBe("?ticket=t%201&resume=1");
        _home.GatewayQuestions.ToArray().ShouldBe([null, "Bearer token-1"]);
        second.Cut();
    }

    [Fact]
    public async Task A_place_in_time_is_waited_for_and_not_asked_for_again()
    {
        Name(3000);
        _ = _client.ConnectAsync(TestContext.Current.CancellationToken);
        await StateAsync(ClientState.Waiting);
        _clock.NextDue.ShouldBe(TimeSpan.FromSeconds(3));

        _clock.Advance(TimeSpan.FromSeconds(3));
        var link = await _named.WelcomeAsync();

        _home.GatewayQuestions.Count.ShouldBe(1);
        link.Cut();
    }

    [Theory]
    [InlineData("500")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("no json")]
    [InlineData("{\"url\":7}")]
    [InlineData("{\"url\":\"ftp://x\"}")]
    public async Task A_gateway_that_is_of_no_help_keeps_nobody_out(string answer)
    {
        _home.Gateway = answer;
        _ = _client.ConnectAsync(TestContext.Current.CancellationToken);

        (await _home.WelcomeAsync()).Cut();
    }

    [Fact]
    public async Task A_gateway_that_says_nothing_is_not_waited_for()
    {
        _home.Gateway = "";
        _ = _client.ConnectAsync(TestContext.Current.CancellationToken);
        await _home.GatewayAsked.Within("the gateway to be asked");

        _clock.Advance(TimeSpan.FromSeconds(5));

        (await _home.WelcomeAsync()).Cut();
    }

    [Fact]
    public async Task A_gateway_that_is_overrun_says_when_to_ask_again()
    {
        _home.Gateway = "503";
        _ = _client.ConnectAsync(TestContext.Current.CancellationToken);
        await StateAsync(ClientState.Waiting);
        _clock.NextDue.ShouldBe(TimeSpan.FromSeconds(9));

        Name(0);
        _clock.Advance(TimeSpan.FromSeconds(9));

        (await _named.WelcomeAsync()).Cut();
    }

    [Fact]
    public async Task When_the_place_does_not_work_the_next_attempt_goes_to_the_own_address()
    {
        Name(0);
        _named.Refusal = System.Net.HttpStatusCode.ServiceUnavailable;
        _ = _client.ConnectAsync(TestContext.Current.CancellationToken);
        await StateAsync(ClientState.Waiting);

        _clock.Advance(TimeSpan.FromSeconds(7));

        (await _home.WelcomeAsync()).Cut();
        _home.GatewayQuestions.Count.ShouldBe(1);
    }

    private void Name(int notBefore) =>
        _home.Gateway = $$"""{"url":"{{new UriBuilder(_named.Url) { Scheme = "ws", Path = "/v1/connect" }.Uri}}","ticket":"t 1","notBefore":{{notBefore}}}""";

    private async Task StateAsync(ClientState state)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _client.StateChanged += now => _ = now.State == state && reached.TrySetResult();
        if (_client.State != state)
        {
            await reached.Task.Within($"the client to be {state}");
        }
    }
}
