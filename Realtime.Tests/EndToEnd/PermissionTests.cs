using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Auth;
using Realtime.Node.Namespaces;
using Realtime.Tests.Auth;

namespace Realtime.Tests.EndToEnd;

/// <summary>Rights on a node with sockets: what a client may not have does not reach it.</summary>
[Collection(ActorSystems.Name)]
public sealed class PermissionTests : ITokenVerifier, ISubscriptionTokens
{
    private const string Key = "a development key of at least thirty-two bytes";
    private readonly DevelopmentKeyVerifier _key = new(Key);

    /// <summary>A token is the user, and patterns that are granted, with bars between.</summary>
    public TokenVerdict Verify(string token, DateTimeOffset now)
    {
        var grants = token.Split('|').Skip(1).Select(pattern => new ChannelGrant(pattern, ChannelRights.All));
        return TokenVerdict.Accepted(new SessionIdentity(new UserId(token.Split('|')[0]), null) { Grants = new ChannelGrants([.. grants]) });
    }

    public SubscriptionVerdict Verify(string token, ChannelName channel, UserId? user, DateTimeOffset now) => _key.Verify(token, channel, user, now);

    [Fact]
    public async Task After_a_refresh_that_grants_less_nothing_comes_any_more_nor_by_a_resume()
    {
        await using var node = await StartAsync();
        await using var ann = await RawClient.HelloAsync(node.Url, "\"token\":\"ann|shut:*\"");
        await using var bob = await RawClient.HelloAsync(node.Url, "\"token\":\"bob|shut:1\"");
        await ann.AskAsync("""{"type":"subscribe","id":2,"channel":"shut:1"}""");
        await bob.AskAsync("""{"type":"publish","id":2,"channel":"shut:1","data":"before"}""");
        await ann.MessagesAsync("shut:1", 1);

        await ann.AskAsync("""{"type":"refresh","id":3,"token":"ann"}""");
        var told = await ann.WaitAsync("unsubscribed");
        await bob.AskAsync("""{"type":"publish","id":3,"channel":"shut:1","data":"after"}""");
        var refused = await ann.AskAsync("""{"type":"history","id":4,"channel":"shut:1"}""");
        ann.Cut();
        await using var back = await RawClient.HelloAsync(node.Url, $"\"session\":\"{ann.Session}\",\"positions\":{{\"shut:1\":\"1:0\"}}");
        await back.AskAsync("""{"type":"publish","id":2,"channel":"lobby","data":1}""");

        ((string?)told["channel"], (string?)told["reason"], (string?)refused["code"]).ShouldBe(("shut:1", "forbidden", "forbidden"));
        ann.MessagesOf("shut:1").Count.ShouldBe(1);
        ((bool)back.Welcome["resumed"]!).ShouldBeTrue();
        back.MessagesOf("shut:1").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_token_for_a_channel_lets_its_user_in_and_a_resume_goes_on_with_what_the_session_remembers()
    {
        await using var node = await StartAsync();
        await using var ann = await RawClient.HelloAsync(node.Url, "\"token\":\"ann\"");
        var token = Jwt.Sign($$"""{"channel":"$chat:vip","sub":"ann","exp":{{TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds()}}}""", Key);
        var subscribed = await ann.AskAsync($$"""{"type":"subscribe","id":2,"channel":"$chat:vip","token":"{{token}}"}""");
        ann.Cut();
        await using var back = await RawClient.HelloAsync(node.Url, $"\"session\":\"{ann.Session}\"");
        await using var eve = await RawClient.HelloAsync(node.Url, "\"token\":\"eve\"");
        var refused = await eve.AskAsync($$"""{"type":"subscribe","id":2,"channel":"$chat:vip","token":"{{token}}"}""");

        subscribed["expires"].ShouldNotBeNull();
        var entry = back.Welcome["subscriptions"]!.AsArray().Single(entry => (string?)entry!["channel"] == "$chat:vip")!;
        ((long)entry["expires"]!).ShouldBe((long)subscribed["expires"]!);
        ((string?)refused["code"]).ShouldBe("forbidden");
    }

    [Fact]
    public async Task What_the_application_subscribes_comes_at_once_and_after_a_resume_until_it_ends_it()
    {
        await using var node = await StartAsync();
        await using var ann = await RawClient.HelloAsync(node.Url, "\"token\":\"ann\"");
        await using var bob = await RawClient.HelloAsync(node.Url, "\"token\":\"bob|shut:1\"");
        var session = await node.SessionAsync(ann);
        var shut = ChannelName.Parse("shut:1");

        (await node.AskSessionAsync(new SessionRequest.SubscribeByServer(session, 1, shut, null, "a game"))).ShouldBeOfType<SessionReply.Done>();
        var told = await ann.WaitAsync("subscribed");
        await bob.AskAsync("""{"type":"publish","id":2,"channel":"shut:1","data":"live"}""");
        await ann.MessagesAsync("shut:1", 1);
        ann.Cut();
        await node.UntilAsync(session, SessionPhase.Detached);
        await bob.AskAsync("""{"type":"publish","id":3,"channel":"shut:1","data":"missed"}""");
        await using var back = await RawClient.HelloAsync(node.Url, $"\"session\":\"{ann.Session}\"");
        var missed = await back.MessagesAsync("shut:1", 1);
        (await node.AskSessionAsync(new SessionRequest.UnsubscribeByServer(session, 2, shut, "over"))).ShouldBeOfType<SessionReply.Done>();
        var ended = await back.WaitAsync("unsubscribed");

        ((string?)told["channel"], (string?)told["reason"], (string?)ended["reason"]).ShouldBe(("shut:1", "a game", "over"));
        missed.ShouldNotBeEmpty();
        (await node.InspectAsync(session)).Subscriptions.ShouldNotContain(item => item.Channel == shut);
    }

    [Fact]
    public async Task A_session_without_a_connection_has_it_when_it_comes_back()
    {
        await using var node = await StartAsync();
        await using var ann = await RawClient.HelloAsync(node.Url, "\"token\":\"ann\"");
        var session = await node.SessionAsync(ann);
        ann.Cut();
        await node.UntilAsync(session, SessionPhase.Detached);

        var own = ServerLogs.Channel(ServerLogs.Session, session.ToString());
        (await node.AskSessionAsync(new SessionRequest.SubscribeByServer(session, 1, own))).ShouldBeOfType<SessionReply.Done>();
        await using var back = await RawClient.HelloAsync(node.Url, $"\"session\":\"{ann.Session}\"");

        back.Welcome["subscriptions"]!.AsArray().Select(entry => (string?)entry!["channel"]).ShouldBe(["@ann", own.Value], ignoreOrder: true);
    }

    private Task<TestNode> StartAsync() => TestNode.StartAsync(
        TestNode.Settings with
        {
            Namespaces = new NamespaceTable(
                [.. TestNode.Settings.Namespaces.All, new NamespacePolicy("shut") { Subscribe = AccessRule.Nobody, Publish = AccessRule.Nobody }]),
        },
        tokens: this);
}
