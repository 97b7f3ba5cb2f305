using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Persistence.Store.Sqlite;
using Realtime.Tests.Auth;
using Realtime.Tests.Hosting;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

[Collection(ActorSystems.Name)]
public sealed class RevocationTests
{
    private const string Key = "a development key of at least thirty-two bytes";
    private const int Unauthorized = 4203;
    private static readonly DevelopmentKeyVerifier Tokens = new(Key);

    [Fact]
    public async Task A_revoked_user_is_closed_and_stays_out_until_there_is_a_newer_token()
    {
        await using var node = await TestNode.StartAsync(tokens: Tokens);
        await using var alice = await RawClient.HelloAsync(node.Url, $"\"token\":\"{Token("alice", -60)}\"");
        await using var without = await RawClient.HelloAsync(node.Url, $"\"token\":\"{Token("alice", null)}\"");
        await using var bob = await RawClient.HelloAsync(node.Url, $"\"token\":\"{Token("bob", -60)}\"");
        await using var anonymous = await RawClient.HelloAsync(node.Url);

        (await node.Runtime.Revocations.RevokeAsync(new UserId("alice"), "lost phone", TestContext.Current.CancellationToken)).IsDone.ShouldBeTrue();

        ((int)(await alice.WaitAsync("goodbye"))["code"]!).ShouldBe(Unauthorized);
        ((int)(await without.WaitAsync("goodbye"))["code"]!).ShouldBe(Unauthorized);
        (await bob.AskAsync("""{"type":"publish","id":2,"channel":"chat:t","data":1}"""))["position"].ShouldNotBeNull();
        (await anonymous.AskAsync("""{"type":"publish","id":2,"channel":"chat:t","data":1}"""))["position"].ShouldNotBeNull();
        await RefusedAsync(node, $"\"token\":\"{Token("alice", -60)}\"");
        await RefusedAsync(node, $"\"token\":\"{Token("alice", null)}\"");
        await RefusedAsync(node, $"\"session\":\"{alice.Session}\"");
        await RefusedAsync(node, $"\"session\":\"{alice.Session}\",\"token\":\"{Token("alice", -60)}\"");
        await using var again = await RawClient.HelloAsync(node.Url, $"\"token\":\"{Token("alice", 30)}\"");
    }

    [Fact]
    public async Task A_refresh_does_not_bring_a_revoked_token_in()
    {
        await using var node = await TestNode.StartAsync(tokens: Tokens);
        await using var alice = await RawClient.HelloAsync(node.Url, $"\"token\":\"{Token("alice", 30)}\"");
        await node.Runtime.Revocations.RevokeAsync(new UserId("alice"), null, TestContext.Current.CancellationToken);
        await RefusedAsync(node, $"\"token\":\"{Token("alice", -60)}\"");

        var refused = await alice.AskAsync($$"""{"type":"refresh","id":2,"token":"{{Token("alice", -60)}}"}""");

        ((string?)refused["code"]).ShouldBe("unauthorized");
    }

    [Fact]
    public async Task A_revoked_session_is_closed_and_never_resumed_and_its_user_comes_in_anew()
    {
        await using var node = await TestNode.StartAsync(tokens: Tokens);
        await using var alice = await RawClient.HelloAsync(node.Url, $"\"token\":\"{Token("alice", -60)}\"");
        await using var anonymous = await RawClient.HelloAsync(node.Url);

        await node.Runtime.Revocations.RevokeAsync(alice.SessionId, null, TestContext.Current.CancellationToken);
        await node.Runtime.Revocations.RevokeAsync(anonymous.SessionId, null, TestContext.Current.CancellationToken);

        ((int)(await alice.WaitAsync("goodbye"))["code"]!).ShouldBe(Unauthorized);
        ((int)(await anonymous.WaitAsync("goodbye"))["code"]!).ShouldBe(Unauthorized);
        await RefusedAsync(node, $"\"session\":\"{alice.Session}\",\"token\":\"{Token("alice", 30)}\"");
        await RefusedAsync(node, $"\"session\":\"{anonymous.Session}\"");
        await using var again = await RawClient.HelloAsync(node.Url, $"\"token\":\"{Token("alice", -60)}\"");
    }

    [Fact]
    public async Task What_was_revoked_stays_so_when_the_node_starts_again()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.File("realtime.db");
        const int many = 1_200;
        string session;
        await using (var node = await TestNode.StartAsync(store: new SqliteEventStore(new SqliteEventStoreOptions(path)), tokens: Tokens))
        {
            await using var alice = await RawClient.HelloAsync(node.Url, $"\"token\":\"{Token("alice", -60)}\"");
            session = alice.Session;
            await node.Runtime.Revocations.RevokeAsync(new UserId("alice"), null, TestContext.Current.CancellationToken);
            await Task.WhenAll(Enumerable.Range(0, many).Select(i => node.Runtime.Revocations.RevokeAsync(new UserId($"user-{i}"), null, TestContext.Current.CancellationToken)));
        }

        await using var second = await TestNode.StartAsync(store: new SqliteEventStore(new SqliteEventStoreOptions(path)), tokens: Tokens);

        await RefusedAsync(second, $"\"token\":\"{Token("alice", -60)}\"");
        await RefusedAsync(second, $"\"session\":\"{session}\"");
        await RefusedAsync(second, $"\"token\":\"{Token($"user-{many - 1}", -60)}\"");
        await using var bob = await RawClient.HelloAsync(second.Url, $"\"token\":\"{Token("bob", -60)}\"");
    }

    [Fact]
    public async Task Where_clients_need_a_token_one_without_is_refused_and_a_user_s_session_is_resumed()
    {
        var settings = TestNode.Settings with { Connections = TestNode.Settings.Connections with { TakesAnonymous = false } };
        await using var node = await TestNode.StartAsync(settings, tokens: Tokens);
        await using var alice = await RawClient.HelloAsync(node.Url, $"\"token\":\"{Token("alice", -60)}\"");

        await RefusedAsync(node, null);
        await RefusedAsync(node, $"\"session\":\"{new ResumeTokens(new Dictionary<byte, byte[]> { [1] = new byte[32] }).Issue(new SessionId(3))}\"");
        await using var again = await RawClient.HelloAsync(node.Url, $"\"session\":\"{alice.Session}\"");
        ((bool)again.Welcome["resumed"]!).ShouldBeTrue();
    }

    private static async Task RefusedAsync(TestNode node, string? more)
    {
        await using var client = await RawClient.OpenAsync(node.Url);
        await client.SendAsync("{\"type\":\"hello\",\"id\":1" + (more is null ? "" : "," + more) + "}");
        ((string?)(await client.WaitAsync("error"))["code"]).ShouldBe("unauthorized", more);
        ((int)(await client.WaitAsync("goodbye"))["code"]!).ShouldBe(Unauthorized, more);
    }

    /// <param name="issued">Seconds from now; null: it does not say.</param>
    private static string Token(string user, int? issued)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return Jwt.Sign($$"""{"sub":"{{user}}","exp":{{now + 600}}{{(issued is { } seconds ? $",\"iat\":{now + seconds}" : "")}}}""", Key);
    }
}
