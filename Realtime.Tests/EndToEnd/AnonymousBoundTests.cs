using System.Net;
using System.Text.Json.Nodes;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Connections;
using Realtime.Node.Hosting;
using Realtime.Tests.Hosting;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>What clients without a token may leave in the store, as they and their neighbours see it.</summary>
[Collection(ActorSystems.Name)]
public sealed class AnonymousBoundTests : ITokenVerifier
{
    private static readonly string Value = new('x', 20_000);

    [Fact]
    public async Task Sessions_without_a_token_share_a_bound_per_address_and_a_user_has_none()
    {
        await using var node = await TestNode.StartAsync(Settings(bytes: 50_000, rate: 10_000_000), tokens: this);
        await using var first = await RawClient.HelloAsync(node.Url);
        await using var second = await RawClient.HelloAsync(node.Url);
        Type(await Set(first, 2, "a")).ShouldBe("reply");
        Type(await Set(second, 2, "a")).ShouldBe("reply");

        var refused = await Set(second, 3, "b");
        Type(refused).ShouldBe("too_many");
        refused["retryAfter"].ShouldBeNull();
        Type(await first.AskAsync($$"""{"type":"subscribe","id":4,"channel":"chat:room","presence":"{{new string('x', 4_000)}}"}""")).ShouldBe("reply");
        Type(await first.AskAsync($$"""{"type":"subscribe","id":5,"channel":"chat:a","presence":"{{new string('x', 4_000)}}"}""")).ShouldBe("reply");
        Type(await first.AskAsync($$"""{"type":"subscribe","id":6,"channel":"chat:b","presence":"{{new string('x', 4_000)}}"}""")).ShouldBe("too_many");
        Type(await first.AskAsync("""{"type":"subscribe","id":7,"channel":"chat:b"}""")).ShouldBe("reply");

        await using var user = await RawClient.HelloAsync(node.Url, "\"token\":\"alice\"");
        Type(await Set(user, 2, "a")).ShouldBe("reply");
        Type(await Set(user, 3, "b")).ShouldBe("reply");

        // What is removed makes room, and so does a session that says bye.
        Type(await first.AskAsync("""{"type":"set","id":8,"key":"a","value":null}""")).ShouldBe("reply");
        Type(await Set(second, 8, "b")).ShouldBe("reply");
        Type(await Set(first, 9, "a")).ShouldBe("too_many");
        await second.SendAsync("""{"type":"bye","id":9}""");
        await second.ClosedAsync();
        await node.GoneAsync(2);
        Type(await Set(first, 10, "a")).ShouldBe("reply");
    }

    [Fact]
    public async Task What_a_lost_connection_left_counts_on_and_its_client_finds_it_again()
    {
        await using var node = await TestNode.StartAsync(Settings(bytes: 30_000, rate: 10_000_000));
        await using var lost = await RawClient.HelloAsync(node.Url);
        Type(await Set(lost, 2, "a")).ShouldBe("reply");
        lost.Cut();
        await node.GoneAsync(0);
        await using var other = await RawClient.HelloAsync(node.Url);
        Type(await Set(other, 2, "a")).ShouldBe("too_many");

        await using var back = await RawClient.HelloAsync(node.Url, $"\"session\":\"{lost.Session}\"");

        ((string?)back.Welcome["state"]!["a"]).ShouldBe(Value);
        Type(await Set(back, 2, "a")).ShouldBe("reply");
        Type(await Set(back, 3, "b")).ShouldBe("too_many");
    }

    [Fact]
    public async Task What_was_left_is_counted_no_more_once_the_store_has_dropped_it()
    {
        var time = new ManualClock();
        var settings = Settings(bytes: 30_000, rate: 10_000_000);
        await using var node = await TestNode.StartAsync(settings, time: time);
        await using var gone = await RawClient.HelloAsync(node.Url);
        Type(await Set(gone, 2, "a")).ShouldBe("reply");
        gone.Cut();
        await node.GoneAsync(0);

        time.Advance(settings.Sessions.TimeToLive);
        await using var early = await RawClient.HelloAsync(node.Url);
        Type(await Set(early, 2, "a")).ShouldBe("too_many");

        time.Advance(settings.Sessions.Grace + TimeSpan.FromSeconds(1));

        // Counted out by a sweep of the connections.
        using var deadline = new CancellationTokenSource(RawClient.Patience);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var id = 3; Type(await Set(early, id, "a")) != "reply"; id++)
        {
            await tick.WaitForNextTickAsync(deadline.Token);
        }
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_each_client_has_a_bound_of_its_own()
    {
        var behind = Settings(bytes: 30_000, rate: 10_000_000) with { Limits = new LimitsPolicy { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] } };
        await using var node = await TestNode.StartAsync(behind);
        await using var first = await RawClient.HelloAsync(node.Url, forwardedFor: "203.0.113.7");
        await using var second = await RawClient.HelloAsync(node.Url, forwardedFor: "203.0.113.7, 203.0.113.8");
        await using var third = await RawClient.HelloAsync(node.Url, forwardedFor: "203.0.113.9, 203.0.113.7");

        Type(await Set(first, 2, "a")).ShouldBe("reply");
        Type(await Set(second, 2, "a")).ShouldBe("reply");
        Type(await Set(third, 2, "a")).ShouldBe("too_many");
    }

    [Fact]
    public async Task A_visitor_that_changes_its_state_all_the_time_writes_no_more_than_the_rate()
    {
        const int Rate = 100_000;
        var time = new ManualClock();
        await using var node = await TestNode.StartAsync(Settings(bytes: 1_000_000, Rate), time: time);
        await using var visitor = await RawClient.HelloAsync(node.Url);
        Type(await Set(visitor, 2, "large")).ShouldBe("reply");
        Type(await visitor.AskAsync($$"""{"type":"set","id":3,"key":"larger","value":"{{Value}}"}""")).ShouldBe("reply");

        JsonObject? refused = null;
        var written = 2L;
        for (var id = 4; id < 200; id++)
        {
            // Two bytes that rewrite forty thousand.
            refused = await visitor.AskAsync($$"""{"type":"set","id":{{id}},"key":"n","value":{{id % 10}}}""");
            written += Type(refused) is "reply" ? 1 : 0;
        }

        Type(refused!).ShouldBe("rate_limited");
        ((int)refused!["retryAfter"]!).ShouldBeInRange(1, 1_000);
        (written * 40_000).ShouldBeInRange(2 * 40_000, Rate * AnonymousPolicy.BurstSeconds);
    }

    public TokenVerdict Verify(string token, DateTimeOffset now) => TokenVerdict.Accepted(new SessionIdentity(new UserId(token), null));

    private static NodeSettings Settings(long bytes, long rate) => TestNode.Settings with
    {
        Connections = new ConnectionPolicy { AnonymousBytes = bytes, AnonymousRate = rate },
    };

    private static Task<JsonObject> Set(RawClient client, int id, string key) =>
        client.AskAsync($$"""{"type":"set","id":{{id}},"key":"{{key}}","value":"{{Value}}"}""");

    private static string? Type(JsonObject answer) => RawClient.TypeOf(answer) is "error" ? (string?)answer["code"] : "reply";
}
