using Realtime.Client;
using Realtime.Node.Auth;
using Realtime.Tests.Auth;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

[Collection(ActorSystems.Name)]
public sealed class TokenRenewalTests
{
    private const string Key = "a development key of at least thirty-two bytes";

    [Fact]
    public async Task A_client_outlives_its_tokens_on_one_connection()
    {
        await using var node = await TestNode.StartAsync(tokens: new DevelopmentKeyVerifier(Key));
        var fetched = 0;
        var goodbyes = 0;
        await using var client = new RealtimeClient(new RealtimeClientOptions
        {
            Url = node.Url,
            TokenProvider = _ => Task.FromResult<string?>(Token(seconds: 2 + Interlocked.Increment(ref fetched))),
        });
        client.Goodbye += _ => Interlocked.Increment(ref goodbyes);
        await client.ConnectAsync(TestContext.Current.CancellationToken).Within("a session");

        await Soon.IsTrueAsync(() => Volatile.Read(ref fetched) >= 3, "two renewals");

        goodbyes.ShouldBe(0);
        (await client.PublishAsync("chat:t", 1).Within("a publish")).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_renewal_that_is_refused_is_told()
    {
        await using var node = await TestNode.StartAsync(tokens: new DevelopmentKeyVerifier(Key));
        var fetched = 0;
        var faults = new TaskCompletionSource<RealtimeException>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var client = new RealtimeClient(new RealtimeClientOptions
        {
            Url = node.Url,
            TokenProvider = _ => Task.FromResult<string?>(Interlocked.Increment(ref fetched) == 1 ? Token(seconds: 3) : "forged"),
        });
        client.ErrorReceived += fault => faults.TrySetResult(fault);
        await client.ConnectAsync(TestContext.Current.CancellationToken).Within("a session");

        (await faults.Task.Within("the refusal")).Code.ShouldBe("unauthorized");
    }

    [Fact]
    public async Task The_welcome_says_what_the_token_says_of_the_user_and_how_long_it_counts()
    {
        await using var node = await TestNode.StartAsync(tokens: new DevelopmentKeyVerifier(Key));
        await using var client = await RawClient.HelloAsync(node.Url, $"\"token\":\"{Token(seconds: 600, info: """{"name":"Ada"}""")}\"");
        await using var anonymous = await RawClient.HelloAsync(node.Url);

        client.Welcome["info"]!.ToJsonString().ShouldBe("""{"name":"Ada"}""");
        ((long)client.Welcome["expiresIn"]!).ShouldBeInRange(500_000, 600_000);
        anonymous.Welcome.ContainsKey("info").ShouldBeFalse();
        anonymous.Welcome.ContainsKey("expiresIn").ShouldBeFalse();
        var refreshed = await client.AskAsync($$"""{"type":"refresh","id":2,"token":"{{Token(seconds: 900)}}"}""");
        ((long)refreshed["expiresIn"]!).ShouldBeInRange(800_000, 900_000);
    }

    private static string Token(int seconds, string? info = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return Jwt.Sign($$"""{"sub":"ada","exp":{{now + seconds}}{{(info is null ? "" : ",\"info\":" + info)}}}""", Key);
    }
}
