using Realtime.Node.Auth;
using Realtime.Tests.Auth;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// One rule for a token's end. A hello took what was over for less than a minute, the connection it opened was closed at the next ping, and a refresh with such a token ended one
/// that had time left.
/// </summary>
[Collection(ActorSystems.Name)]
public sealed class TokenEndTests
{
    private const string Key = "a development key of at least thirty-two bytes";
    /// <summary>Of the connections; sessions go by the real time.</summary>
    private ManualClock _clock = new(TimeProvider.System.GetUtcNow());

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public async Task A_connection_ends_within_a_second_of_its_tokens_end_whether_or_not_a_ping_is_due(int leeway)
    {
        await using var node = await StartAsync(leeway);
        await using var client = await RawClient.HelloAsync(node.Url, $"\"token\":\"{Token(seconds: 10 - leeway)}\"");
        _clock.Advance(TimeSpan.FromSeconds(9));
        (await client.AskAsync("""{"type":"publish","id":2,"channel":"chat:t","data":1}"""))["position"].ShouldNotBeNull();

        _clock.Advance(TimeSpan.FromSeconds(2));

        ((int)(await client.WaitAsync("goodbye"))["code"]!).ShouldBe(4006);
        client.Frames.ShouldNotContain(frame => (string?)frame["type"] == "ping");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public async Task A_refresh_with_a_token_that_is_over_is_refused_and_takes_nothing_from_the_one_that_counts(int leeway)
    {
        await using var node = await StartAsync(leeway);
        await using var client = await RawClient.HelloAsync(node.Url, $"\"token\":\"{Token(seconds: 600)}\"");

        var refused = await client.AskAsync($$"""{"type":"refresh","id":2,"token":"{{Token(seconds: -leeway)}}"}""");

        ((string?)refused["code"]).ShouldBe("token_expired");
        _clock.Advance(TimeSpan.FromSeconds(5));
        (await client.AskAsync("""{"type":"publish","id":3,"channel":"chat:t","data":1}"""))["position"].ShouldNotBeNull();
    }

    [Fact]
    public async Task What_hello_takes_within_the_leeway_the_connection_and_a_resume_take_as_well()
    {
        await using var node = await StartAsync(60);
        await using var client = await RawClient.HelloAsync(node.Url, $"\"token\":\"{Token(seconds: -30)}\"");
        _clock.Advance(TimeSpan.FromSeconds(5));
        (await client.AskAsync("""{"type":"publish","id":2,"channel":"chat:t","data":1}"""))["position"].ShouldNotBeNull();

        await using var again = await RawClient.HelloAsync(node.Url, $"\"session\":\"{client.Session}\"");

        ((bool)again.Welcome["resumed"]!).ShouldBeTrue();
    }

    [Fact]
    public async Task After_its_end_no_session_is_resumed_without_another_token()
    {
        _clock = new ManualClock(TimeProvider.System.GetUtcNow().AddHours(-1));
        await using var node = await StartAsync(0);
        await using var client = await RawClient.HelloAsync(node.Url, $"\"token\":\"{Token(seconds: 10)}\"");
        _clock.Advance(TimeSpan.FromSeconds(11));
        await client.WaitAsync("goodbye");

        await using var again = await RawClient.OpenAsync(node.Url);
        await again.SendAsync($$"""{"type":"hello","id":1,"session":"{{client.Session}}"}""");

        ((string?)(await again.WaitAsync("error"))["code"]).ShouldBe("token_expired");
        await using var renewed = await RawClient.HelloAsync(node.Url, $"\"session\":\"{client.Session}\",\"token\":\"{Token(seconds: 10)}\"");
        ((bool)renewed.Welcome["resumed"]!).ShouldBeTrue();
    }

    private Task<TestNode> StartAsync(int leeway) =>
        TestNode.StartAsync(tokens: new DevelopmentKeyVerifier(Key, leeway: TimeSpan.FromSeconds(leeway)), time: _clock);

    /// <param name="seconds">How long from now it is good.</param>
    private string Token(int seconds) =>
        Jwt.Sign($$"""{"sub":"ada","exp":{{_clock.GetUtcNow().ToUnixTimeSeconds() + seconds}}}""", Key);
}
