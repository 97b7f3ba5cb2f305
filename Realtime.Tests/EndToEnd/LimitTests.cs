using System.Net;
using System.Net.WebSockets;
using Realtime.Messages.Operators;
using Realtime.Node.Connections;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Tests.Operations;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>Each limit, exceeded tenfold over real sockets: what is over it is refused with a time to come again, and a neighbour notices nothing.</summary>
[Collection(ActorSystems.Name)]
public sealed class LimitTests
{
    [Fact]
    public async Task An_address_has_so_many_sockets_and_one_that_closes_makes_room()
    {
        await using var stage = await LimitStage.StartAsync(address: quota => quota with { Sockets = 4 });
        await using var neighbour = Neighbour.Of(await stage.HelloAsync(LimitStage.There, rest: Neighbour.Subscription));
        var open = new List<RawClient>();
        for (var i = 0; i < 4; i++)
        {
            open.Add(await stage.HelloAsync());
        }

        for (var i = 4; i < 40; i++)
        {
            var (status, wait) = await stage.RefusedAsync();
            status.ShouldBe(HttpStatusCode.TooManyRequests);
            wait.ShouldBeInRange(1, 30);
        }

        stage.Refused(LimitScope.Address, LimitKind.Sockets).ShouldBe(36);
        await neighbour.IsServedAsync();
        open[0].Cut();
        await Soon.IsTrueAsync(async () =>
        {
            try
            {
                open.Add(await stage.HelloAsync());
                return true;
            }
            catch (WebSocketException)
            {
                return false;
            }
        }, "room for another socket");
        foreach (var client in open)
        {
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task An_address_has_so_many_handshakes_per_second()
    {
        await using var stage = await LimitStage.StartAsync(address: quota => quota with { Handshakes = 1, HandshakeBurst = 5 });
        await using var neighbour = Neighbour.Of(await stage.HelloAsync(LimitStage.There, rest: Neighbour.Subscription));
        for (var i = 0; i < 5; i++)
        {
            await (await stage.HelloAsync()).DisposeAsync();
        }

        for (var i = 5; i < 50; i++)
        {
            (await stage.RefusedAsync()).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        }

        await neighbour.IsServedAsync();
        await using var other = await stage.HelloAsync("203.0.113.9");
        stage.Clock.Advance(TimeSpan.FromSeconds(1));
        await using var again = await stage.HelloAsync();
        (await stage.RefusedAsync()).Status.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task The_first_64_bits_of_an_IPv6_address_count_together()
    {
        await using var stage = await LimitStage.StartAsync(address: quota => quota with { Sockets = 2 });
        await using var one = await stage.HelloAsync("2001:db8:1:2::a");
        await using var two = await stage.HelloAsync("2001:db8:1:2:ffff::b");

        (await stage.RefusedAsync("2001:db8:1:2::c")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        await using var neighbour = await stage.HelloAsync("2001:db8:1:3::a");
    }

    [Fact]
    public async Task A_user_has_so_many_connections_and_comes_back_to_each_of_them()
    {
        await using var stage = await LimitStage.StartAsync(user: quota => quota with { Sockets = 3 });
        await using var neighbour = Neighbour.Of(await stage.HelloAsync(user: "bob", rest: Neighbour.Subscription));
        var open = new List<RawClient>();
        for (var i = 0; i < 3; i++)
        {
            open.Add(await stage.HelloAsync(user: "alice"));
        }

        for (var i = 3; i < 30; i++)
        {
            await using var more = await stage.OpenAsync();
            var refused = await more.AskAsync("""{"type":"hello","id":1,"token":"alice"}""");
            LimitStage.CodeOf(refused).ShouldBe("too_many");
            ((int)refused["retryAfter"]!).ShouldBeGreaterThan(0);
            await BadInputTests.ShouldCloseAsync(more, 4003, final: false);
        }

        stage.Refused(LimitScope.User, LimitKind.Sockets).ShouldBe(27);
        await neighbour.IsServedAsync();

        // The node may not know yet that the old connection is gone.
        await using var back = await stage.HelloAsync(rest: $"\"session\":\"{open[0].Session}\"");
        ((bool)back.Welcome["resumed"]!).ShouldBeTrue();
        await using var alsoBack = await stage.HelloAsync(user: "alice", rest: $"\"session\":\"{open[1].Session}\"");
        ((bool)alsoBack.Welcome["resumed"]!).ShouldBeTrue();
        open[2].Cut();
        await stage.Node.GoneAsync(3);
        await using var another = await stage.HelloAsync(user: "alice");
        foreach (var client in open)
        {
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_user_connects_so_often_per_second()
    {
        await using var stage = await LimitStage.StartAsync(user: quota => quota with { Handshakes = 1, HandshakeBurst = 3 });
        for (var i = 0; i < 3; i++)
        {
            await (await stage.HelloAsync(user: "alice")).DisposeAsync();
        }

        for (var i = 3; i < 30; i++)
        {
            await using var more = await stage.OpenAsync();
            LimitStage.CodeOf(await more.AskAsync("""{"type":"hello","id":1,"token":"alice"}""")).ShouldBe("rate_limited");
        }

        await using var bob = await stage.HelloAsync(user: "bob");
        stage.Clock.Advance(TimeSpan.FromSeconds(1));
        await using var again = await stage.HelloAsync(user: "alice");
    }

    [Fact]
    public async Task Requests_of_a_user_count_over_all_connections_and_who_goes_on_is_closed()
    {
        await using var stage = await LimitStage.StartAsync(user: quota => quota with { Requests = 50, RequestBurst = 100 });
        await using var neighbour = Neighbour.Of(await stage.HelloAsync(user: "bob", rest: Neighbour.Subscription));
        await using var one = await stage.HelloAsync(user: "alice");
        await using var two = await stage.HelloAsync(LimitStage.There, user: "alice");
        await LimitStage.SendManyAsync(one, 2, 60);
        (await LimitStage.AnswersAsync(one, 2, 60)).ShouldAllBe(answer => LimitStage.CodeOf(answer) == "reply");

        await LimitStage.SendManyAsync(two, 2, 240);
        var answers = await LimitStage.AnswersAsync(two, 2, 240);
        answers.Count(answer => LimitStage.CodeOf(answer) == "reply").ShouldBe(40);
        var refused = answers.Where(answer => LimitStage.CodeOf(answer) == "rate_limited").ToList();
        refused.Count.ShouldBe(200);
        refused.ShouldAllBe(answer => (int)answer["retryAfter"]! >= 1 && (string?)answer["outcome"] == "none");

        // Each has a time of its own, and that is the user's next one.
        refused.Select(answer => (int)answer["retryAfter"]!).Distinct().Count().ShouldBe(200);
        await neighbour.IsServedAsync();

        await LimitStage.SendManyAsync(two, 300, 700);
        await BadInputTests.ShouldCloseAsync(two, 4204, final: true);
        await neighbour.IsServedAsync();
        (await LimitStage.AskAsync(one, """{"type":"unsubscribe","id":899,"channel":"chat:x"}""")).ShouldBe("rate_limited", "another tab of the user waits, and is not closed");
        stage.Clock.Advance(TimeSpan.FromSeconds(2));
        (await LimitStage.AskAsync(one, """{"type":"unsubscribe","id":900,"channel":"chat:x"}""")).ShouldBe("reply");
    }

    [Fact]
    public async Task Requests_of_an_address_count_together_and_only_who_floods_is_closed()
    {
        await using var stage = await LimitStage.StartAsync(address: quota => quota with { Requests = 50, RequestBurst = 100 });
        await using var neighbour = Neighbour.Of(await stage.HelloAsync(LimitStage.There, rest: Neighbour.Subscription));
        await using var quiet = await stage.HelloAsync();
        await using var loud = await stage.HelloAsync();

        await LimitStage.SendManyAsync(loud, 2, 1_000);
        await BadInputTests.ShouldCloseAsync(loud, 4204, final: true);

        loud.Frames.Count(frame => RawClient.TypeOf(frame) == "reply").ShouldBe(100);
        (await LimitStage.AskAsync(quiet, """{"type":"unsubscribe","id":2,"channel":"chat:x"}""")).ShouldBe("rate_limited", "they share an address");
        await neighbour.IsServedAsync();
        stage.Clock.Advance(TimeSpan.FromSeconds(1));
        (await LimitStage.AskAsync(quiet, """{"type":"unsubscribe","id":3,"channel":"chat:x"}""")).ShouldBe("reply");
        stage.Refused(LimitScope.Address, LimitKind.Requests).ShouldBeGreaterThan(100);
    }

    [Theory]
    [InlineData(LimitScope.Connection)]
    [InlineData(LimitScope.User)]
    [InlineData(LimitScope.Address)]
    public async Task Bytes_are_limited_and_what_is_refused_may_come_again(LimitScope scope)
    {
        const int Rate = 10_000;
        await using var stage = await LimitStage.StartAsync(
            user: quota => scope is LimitScope.User ? quota with { Bytes = Rate } : quota,
            address: quota => scope is LimitScope.Address ? quota with { Bytes = Rate } : quota,
            limits: scope is LimitScope.Connection ? LimitStage.Usual with { ConnectionBytes = Rate } : null);
        await using var neighbour = Neighbour.Of(await stage.HelloAsync(LimitStage.There, user: "bob", rest: Neighbour.Subscription));
        await using var client = await stage.HelloAsync(user: "alice");
        var data = new string('x', 4_000);
        var served = 0;
        for (var id = 2; id < 18; id++)
        {
            var answer = await client.AskAsync($$"""{"type":"publish","id":{{id}},"channel":"board:bytes","data":"{{data}}"}""");
            served += LimitStage.CodeOf(answer) is "reply" ? 1 : 0;
        }

        // Four seconds' worth at once, no more: 40,000 bytes.
        served.ShouldBe(9);
        stage.Refused(scope, LimitKind.Bytes).ShouldBe(7);
        await neighbour.IsServedAsync();
        stage.Clock.Advance(TimeSpan.FromSeconds(1));
        (await LimitStage.AskAsync(client, $$"""{"type":"publish","id":100,"channel":"board:bytes","data":"{{data}}"}""")).ShouldBe("reply");
    }

    [Theory]
    [InlineData(LimitScope.User)]
    [InlineData(LimitScope.Address)]
    public async Task Subscriptions_are_limited_and_those_that_a_session_has_come_back_with_it(LimitScope scope)
    {
        // The personal channel of each session counts, and is not refused.
        await using var stage = await LimitStage.StartAsync(
            user: quota => scope is LimitScope.User ? quota with { Subscriptions = 6 } : quota,
            address: quota => scope is LimitScope.Address ? quota with { Subscriptions = 6 } : quota);
        await using var neighbour = Neighbour.Of(await stage.HelloAsync(LimitStage.There, user: "bob", rest: Neighbour.Subscription));
        await using var one = await stage.HelloAsync(user: "alice");
        await using var two = await stage.HelloAsync(user: "alice", rest: "\"subscriptions\":[{\"channel\":\"chat:hello\"}]");
        var codes = new List<string>();
        for (var id = 2; id < 60; id++)
        {
            codes.Add(await LimitStage.AskAsync(id % 2 == 0 ? one : two, $$"""{"type":"subscribe","id":{{id}},"channel":"chat:{{id}}"}"""));
        }

        codes.Take(3).ShouldAllBe(code => code == "reply");
        codes.Skip(3).ShouldAllBe(code => code == "too_many");
        stage.Refused(scope, LimitKind.Subscriptions).ShouldBe(55);
        await neighbour.IsServedAsync();

        // Its old connection is not known to be gone, and counts for a moment as well.
        await using var back = await stage.HelloAsync(rest: $"\"session\":\"{one.Session}\"");
        back.Welcome["subscriptions"]!.AsArray().Count.ShouldBe(3);
        await Soon.IsTrueAsync(async () => await LimitStage.AskAsync(back, """{"type":"unsubscribe","id":100,"channel":"chat:2"}""") is "reply", "the unsubscribe");
        await one.ClosedAsync();
        await stage.Node.GoneAsync(3);
        (await LimitStage.AskAsync(two, """{"type":"subscribe","id":100,"channel":"chat:again"}""")).ShouldBe("reply");
        (await LimitStage.AskAsync(two, """{"type":"subscribe","id":101,"channel":"chat:more"}""")).ShouldBe("too_many");
    }

    [Theory]
    [InlineData(LimitScope.User)]
    [InlineData(LimitScope.Address)]
    public async Task Presence_is_limited_and_subscribing_without_it_is_not(LimitScope scope)
    {
        await using var stage = await LimitStage.StartAsync(
            user: quota => scope is LimitScope.User ? quota with { Presence = 3 } : quota,
            address: quota => scope is LimitScope.Address ? quota with { Presence = 3 } : quota);
        await using var client = await stage.HelloAsync(user: "alice");
        var codes = new List<string>();
        for (var id = 2; id < 32; id++)
        {
            codes.Add(await LimitStage.AskAsync(client, $$"""{"type":"subscribe","id":{{id}},"channel":"chat:{{id}}","presence":1}"""));
        }

        codes.Count(code => code is "reply").ShouldBe(3);
        codes.Count(code => code is "too_many").ShouldBe(27);
        (await LimitStage.AskAsync(client, """{"type":"update","id":40,"channel":"chat:2","presence":2}""")).ShouldBe("reply", "it shows something there already");
        (await LimitStage.AskAsync(client, """{"type":"subscribe","id":41,"channel":"chat:silent"}""")).ShouldBe("reply");
        (await LimitStage.AskAsync(client, """{"type":"update","id":42,"channel":"chat:silent","presence":1}""")).ShouldBe("too_many");
        (await LimitStage.AskAsync(client, """{"type":"unsubscribe","id":43,"channel":"chat:3"}""")).ShouldBe("reply");
        (await LimitStage.AskAsync(client, """{"type":"update","id":44,"channel":"chat:silent","presence":1}""")).ShouldBe("reply");
        await using var bob = await stage.HelloAsync(LimitStage.There, user: "bob");
        (await LimitStage.AskAsync(bob, """{"type":"subscribe","id":2,"channel":"chat:2","presence":1}""")).ShouldBe("reply");
    }

    [Fact]
    public async Task A_connection_at_ten_times_its_rate_is_closed_and_its_neighbour_is_served()
    {
        var policy = new ConnectionPolicy { RequestRate = 200, RequestBurst = 200 };
        await using var stage = await LimitStage.StartAsync(connections: policy);
        await using var neighbour = Neighbour.Of(await stage.HelloAsync(user: "bob", rest: Neighbour.Subscription));
        await using var client = await stage.HelloAsync(user: "alice");

        // A second of it: 2,000 requests, of which 200 are let in.
        await LimitStage.SendManyAsync(client, 2, 2_000);
        await BadInputTests.ShouldCloseAsync(client, 4204, final: true);

        client.Frames.Count(frame => RawClient.TypeOf(frame) == "reply").ShouldBe(199, "and the hello");
        stage.Refused(LimitScope.Connection, LimitKind.Requests).ShouldBeGreaterThan(1_000);
        stage.Refused(LimitScope.User, LimitKind.Requests).ShouldBe(0);
    }

    [Fact]
    public async Task The_header_of_a_proxy_that_is_not_trusted_is_ignored()
    {
        // Bytes that sessions without a token keep count by address, on this machine too.
        var settings = TestNode.Settings with { Connections = new ConnectionPolicy { AnonymousBytes = 30_000 } };
        await using var node = await TestNode.StartAsync(settings);
        await using var first = await RawClient.HelloAsync(node.Url, forwardedFor: LimitStage.Here);
        await using var second = await RawClient.HelloAsync(node.Url, forwardedFor: LimitStage.There);
        var set = $$"""{"type":"set","id":2,"key":"a","value":"{{new string('x', 20_000)}}"}""";

        (await LimitStage.AskAsync(first, set)).ShouldBe("reply");
        (await LimitStage.AskAsync(second, set)).ShouldBe("too_many");
    }

    [Fact]
    public async Task What_stands_before_the_word_of_a_trusted_proxy_is_ignored()
    {
        await using var stage = await LimitStage.StartAsync(address: quota => quota with { Sockets = 2 });
        await using var one = await stage.HelloAsync($"198.51.100.1, {LimitStage.Here}");
        await using var two = await stage.HelloAsync($"198.51.100.2, {LimitStage.Here}, 127.0.0.9");

        (await stage.RefusedAsync($"198.51.100.3, {LimitStage.Here}")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (await stage.RefusedAsync($"127.0.0.1, {LimitStage.Here}")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task The_program_itself_counts_by_the_word_of_a_trusted_proxy_and_operators_by_their_connection()
    {
        await using var app = await OperatedApp.StartAsync(
            "proxied", ("Limits:TrustedProxies", "127.0.0.1"), ("Limits:Address:Sockets", "1"), ("Limits:Address:Handshakes", "2"), ("Limits:Address:HandshakeBurst", "2"));
        await using var one = await RawClient.HelloAsync(app.Clients, forwardedFor: LimitStage.Here);
        await using var other = await RawClient.HelloAsync(app.Clients, forwardedFor: LimitStage.There);
        await Should.ThrowAsync<WebSocketException>(() => RawClient.HelloAsync(app.Clients, forwardedFor: LimitStage.Here));

        // As many questions to the gateway as handshakes, and each address its own.
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 20; i++)
        {
            answers.Add((await GatewayAsync(app.Clients, "203.0.113.99")).StatusCode);
        }

        answers.Take(2).ShouldAllBe(status => status == HttpStatusCode.OK);
        answers.ShouldContain(HttpStatusCode.TooManyRequests);
        (await GatewayAsync(app.Clients, "203.0.113.98")).StatusCode.ShouldBe(HttpStatusCode.OK);

        // Without a key only this machine may ask, and this is this machine, whatever the header says.
        var (status, _) = await app.SendAsync(HttpMethod.Get, "cluster", request => request.Headers.Add("X-Forwarded-For", LimitStage.Here));
        status.ShouldBe(HttpStatusCode.OK);
        var limited = (await app.GetAsync("nodes/proxied", OperatorJson.Default.NodeStatus)).Live!.Limited.ShouldNotBeNull();
        limited[0].ShouldSatisfyAllConditions(
            most => (most.Scope, most.Name, most.Limit).ShouldBe(("address", "203.0.113.99", "handshakes")),
            most => most.Refused.ShouldBeInRange(1, 18));
        limited.ShouldContain(new LimitedClient("address", LimitStage.Here, "sockets", 1));
    }

    private static async Task<HttpResponseMessage> GatewayAsync(Uri node, string from)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("X-Forwarded-For", from);
        var answer = await http.GetAsync(new Uri(node, "/v1/gateway"), TestContext.Current.CancellationToken);
        (answer.StatusCode is HttpStatusCode.TooManyRequests).ShouldBe(answer.Headers.RetryAfter is not null);
        return answer;
    }
}
