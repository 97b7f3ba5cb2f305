using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Messages.Operators;
using Realtime.Node.Operations;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;

namespace Realtime.Tests.Operations;

/// <summary>Who may ask what, over real sockets: every route with every kind of key.</summary>
[Collection(ActorSystems.Name)]
public sealed class AccessTests
{
    private const string Key = "an-operator-key-of-the-test";
    private const string ViewKey = "a-view-key-of-the-test";

    [Theory]
    [InlineData("localhost")]
    [InlineData("*")]
    public async Task Every_route_with_every_key(string address)
    {
        await using var node = await OperatedApp.StartAsync("n1", ("Operator:Address", address), ("Operator:Key", Key), ("Operator:ViewKey", ViewKey));
        var routes = Routes(node);
        routes.Count.ShouldBe(33);
        foreach (var route in routes)
        {
            (await StatusAsync(node, route, null)).ShouldBe(HttpStatusCode.Unauthorized, $"{route.Pattern} without a key");
            (await StatusAsync(node, route, ViewKey)).ShouldBeOneOf(
                route.Right is OperatorRight.View ? Answered : [HttpStatusCode.Forbidden], $"{route.Method} {route.Pattern} with the view key");
            (await StatusAsync(node, route, Key)).ShouldBeOneOf(Answered, $"{route.Method} {route.Pattern} with the key");
        }

        foreach (var route in routes)
        {
            (await StatusAsync(node, route, "some-other-key-0123456789")).ShouldBe(HttpStatusCode.Unauthorized, $"{route.Pattern} with a wrong key");
        }
    }

    [Fact]
    public async Task Without_a_configured_key_everybody_on_this_machine_may_and_an_unknown_key_is_still_refused()
    {
        await using var node = await OperatedApp.StartAsync("n1");
        foreach (var route in Routes(node))
        {
            (await StatusAsync(node, route, null)).ShouldBeOneOf(Answered, route.Pattern);
        }

        await node.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "cluster", key: "who-knows-this-key");
    }

    [Fact]
    public async Task Pages_of_others_and_names_that_lead_here_are_refused()
    {
        await using var node = await OperatedApp.StartAsync("n1");
        (await AskAsync(request => request.Headers.Add("Origin", "https://evil.example"))).ShouldBe(HttpStatusCode.Forbidden);
        (await AskAsync(request => request.Headers.Host = "evil.example")).ShouldBe(HttpStatusCode.Forbidden);
        (await AskAsync(request => request.Headers.Host = "localhost.evil.example")).ShouldBe(HttpStatusCode.Forbidden);
        (await AskAsync(request => request.Headers.Add("Origin", node.Operators.GetLeftPart(UriPartial.Authority)))).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(request => request.Headers.Host = $"localhost:{node.Operators.Port}")).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(request => request.Headers.Host = $"[::1]:{node.Operators.Port}")).ShouldBe(HttpStatusCode.OK);

        async Task<HttpStatusCode> AskAsync(Action<HttpRequestMessage> change) => (await node.SendAsync(HttpMethod.Get, "cluster", change)).Status;
    }

    [Fact]
    public async Task Each_listener_has_its_own_endpoints()
    {
        await using var node = await OperatedApp.StartAsync("n1");
        using var http = new HttpClient();
        foreach (var (path, clients, operators) in new[]
        {
            ("/operator/v1/cluster", HttpStatusCode.NotFound, HttpStatusCode.OK),
            ("/v1/gateway", HttpStatusCode.OK, HttpStatusCode.NotFound),
            ("/v1/connect", HttpStatusCode.UpgradeRequired, HttpStatusCode.NotFound),
            ("/realtime.js", HttpStatusCode.OK, HttpStatusCode.NotFound),
            ("/metrics", HttpStatusCode.NotFound, HttpStatusCode.OK),
            ("/dashboard/nothing.js", HttpStatusCode.NotFound, HttpStatusCode.NotFound),
            ("/health/live", HttpStatusCode.OK, HttpStatusCode.OK),
            ("/health/ready", HttpStatusCode.OK, HttpStatusCode.OK),
        })
        {
            (await StatusAsync(node.Clients, path)).ShouldBe(clients, $"{path} where clients come in");
            (await StatusAsync(node.Operators, path)).ShouldBe(operators, $"{path} where operators come in");
        }

        (await http.GetStringAsync(node.Operators, TestContext.Current.CancellationToken)).ShouldContain("dashboard/frame.css", customMessage: "the page of operators, and not that of clients");
        (await http.GetStringAsync(node.Clients, TestContext.Current.CancellationToken)).ShouldNotContain("dashboard/frame.css");

        async Task<HttpStatusCode> StatusAsync(Uri to, string path)
        {
            using var response = await http.GetAsync(new Uri(to, path), TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Answers_say_what_the_key_may_do_and_the_map_is_sent_when_it_has_changed()
    {
        await using var node = await OperatedApp.StartAsync("n1", ("Operator:Key", Key), ("Operator:ViewKey", ViewKey));
        (await AskAsync(HttpMethod.Get, "cluster", Key)).Headers.GetValues("Operator-Right").ShouldBe(["act"]);
        (await AskAsync(HttpMethod.Get, "cluster", ViewKey)).Headers.GetValues("Operator-Right").ShouldBe(["view"]);
        (await AskAsync(HttpMethod.Post, "nodes/n1/drain", ViewKey)).Headers.GetValues("Operator-Right").ShouldBe(["view"]);
        (await AskAsync(HttpMethod.Get, "cluster", "some-other-key-0123456789")).Headers.Contains("Operator-Right").ShouldBeFalse();

        var tag = (await AskAsync(HttpMethod.Get, "shards/map", ViewKey)).Headers.ETag.ShouldNotBeNull().ToString();
        (await AskAsync(HttpMethod.Get, "shards/map", ViewKey, tag)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await AskAsync(HttpMethod.Get, "shards/map", ViewKey, "\"another\"")).StatusCode.ShouldBe(HttpStatusCode.OK);

        async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, string key, string? tag = null)
        {
            using var http = new HttpClient();
            using var request = new HttpRequestMessage(method, new Uri(node.Operators, "/operator/v1/" + path));
            request.Headers.Add("Authorization", $"Bearer {key}");
            if (tag is not null)
            {
                request.Headers.Add("If-None-Match", tag);
            }

            return await http.SendAsync(request, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Bodies_are_bounded_and_strict()
    {
        await using var node = await OperatedApp.StartAsync("n1");
        (await node.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "shards/pause", """{"secs":5}""")).Field.ShouldBe("secs");
        (await node.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "shards/pause", """{"seconds":"long"}""")).Field.ShouldBe("seconds");
        (await node.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "shards/session/0/move", "{}")).Field.ShouldBe("to");
        (await node.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "shards/session/0/move")).Message.ShouldContain("body");
        (await node.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "nodes/n1/drain", """{"now":true}""")).Field.ShouldBe("now");
        (await node.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "shards/pause", "{")).Error.ShouldBe("bad_request");
        (await node.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "channels/x/messages", $$"""{"data":"{{new string('x', OperatorEndpoint.MostBody)}}"}""")).Message.ShouldContain("bytes");
        var (status, body) = await node.SendAsync(HttpMethod.Post, "shards/pause", request => request.Content = new StringContent("{}", Encoding.UTF8, "text/plain"));
        status.ShouldBe(HttpStatusCode.BadRequest);
        body.ShouldContain("application/json");
    }

    [Theory]
    [InlineData("false", HttpStatusCode.Unauthorized)]
    [InlineData("true", HttpStatusCode.OK)]
    public async Task Figures_need_a_key_that_may_look_unless_they_are_open(string open, HttpStatusCode withoutKey)
    {
        await using var node = await OperatedApp.StartAsync("n1", ("Operator:Key", Key), ("Operator:ViewKey", ViewKey), ("Operator:OpenMetrics", open));
        (await node.SendAsync(HttpMethod.Get, "/metrics")).Status.ShouldBe(withoutKey);
        (await node.SendAsync(HttpMethod.Get, "/metrics", key: ViewKey)).ShouldSatisfyAllConditions(
            answer => answer.Status.ShouldBe(HttpStatusCode.OK), answer => answer.Body.ShouldContain("realtime_connections"));
    }

    [Fact]
    public async Task A_refused_action_is_in_the_audit_and_a_question_is_not()
    {
        await using var node = await OperatedApp.StartAsync("n1", ("Operator:Key", Key), ("Operator:ViewKey", ViewKey));
        await node.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "nodes/n1/drain");
        await node.RefusedAsync(HttpStatusCode.Forbidden, HttpMethod.Post, "nodes/n1/leave", key: ViewKey);
        await node.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, "nodes/n1/drain", key: Key);
        await node.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "cluster");
        var (_, body) = await node.SendAsync(HttpMethod.Get, "audit", key: ViewKey);

        var page = System.Text.Json.JsonSerializer.Deserialize(body, OperatorJson.Default.AuditPage)!;
        page.Entries.Select(entry => (entry.Action, entry.Target, entry.Outcome, entry.Who)).ShouldBe(
            [("node.drain", "n1", 409, "key"), ("node.leave", "n1", 403, "view key"), ("node.drain", "n1", 401, "nobody")]);
        page.Entries.ShouldAllBe(entry => entry.Node == "n1" && entry.From == "127.0.0.1" && entry.Detail != null);
    }

    private static HttpStatusCode[] Answered =>
        [HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.NotFound, HttpStatusCode.Conflict];

    private static IReadOnlyList<OperatorRoute> Routes(OperatedApp node) =>
        [.. node.Services.GetRequiredService<OperatorDesk>().Routes.All.Where(route => route.Outside is not null)];

    /// <summary>Nothing that could be done: a single node that has none of these.</summary>
    private static async Task<HttpStatusCode> StatusAsync(OperatedApp node, OperatorRoute route, string? key) =>
        (await node.SendAsync(new HttpMethod(route.Method), route.Pattern.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal), null, key)).Status;
}
