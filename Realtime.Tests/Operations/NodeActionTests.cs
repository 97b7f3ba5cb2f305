using System.Net;
using Realtime.Messages.Operators;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Operations;

/// <summary>Steering a node that is alone on its store; every test leaves it as it found it.</summary>
[Collection(ActorSystems.Name)]
public sealed class NodeActionTests(LoneNode lone) : IClassFixture<LoneNode>
{
    [Fact]
    public async Task A_session_is_sent_away_to_come_back_or_for_good()
    {
        await using var client = await RawClient.HelloAsync(lone.Node.Clients);
        await lone.Node.ActAsync($"sessions/{OperatedApp.IdOf(client)}/disconnect", """{"reconnect":true,"reason":"a test"}""");
        await client.ClosedAsync();
        await OperatedApp.UntilAsync("the session to be detached", async () =>
            (await lone.Node.GetAsync($"sessions/{OperatedApp.IdOf(client)}", OperatorJson.Default.SessionReport)).Session.State == "detached");
        (await lone.Node.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"sessions/{OperatedApp.IdOf(client)}/disconnect", """{"reconnect":true}""")).Message.ShouldContain("no connection");

        (await lone.Node.ActAsync($"sessions/{OperatedApp.IdOf(client)}/disconnect")).Done.ShouldBeTrue();
        await lone.Node.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"sessions/{OperatedApp.IdOf(client)}/disconnect");
        await lone.Node.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"sessions/{OperatedApp.IdOf(client)}");
        await lone.Node.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, "sessions/AAAAAAAAAAAAAAAAAAAAAQ/disconnect");
    }

    [Fact]
    public async Task What_an_operator_publishes_reaches_subscribers_and_comes_from_nobody()
    {
        await using var client = await RawClient.HelloAsync(lone.Node.Clients);
        await client.AskAsync("""{"type":"subscribe","id":2,"channel":"board:notes"}""");
        await lone.Node.SendAsync(HttpMethod.Post, "channels/board%3Anotes/messages", """{"data":["hello",null]}""");

        var message = (await client.MessagesAsync("board:notes", 1))[0];
        message["data"]!.ToJsonString().ShouldBe("""["hello",null]""");
        message.ContainsKey("from").ShouldBeFalse();
        (await lone.Node.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, "channels/nowhere%3Ax/messages", """{"data":1}""")).Field.ShouldBe("channel");
        (await lone.Node.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "channels/x/messages", "{}")).Field.ShouldBe("data");
        (await lone.Node.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "channels/cursors%3Ax/messages", $$"""{"data":"{{new string('x', 5000)}}"}""")).Field.ShouldBe("data");
    }

    [Fact]
    public async Task Every_action_is_in_the_audit()
    {
        await lone.Node.SendAsync(HttpMethod.Post, "shards/resume", request => request.Headers.Add("X-Operator", "ada"));
        await lone.Node.ActAsync("nodes/a/log/level", """{"level":"critical","category":"Realtime.Nothing","seconds":1}""", HttpMethod.Put);
        await lone.Node.SendAsync(HttpMethod.Post, "channels/chat%3Asecret/messages", """{"data":"the application's own"}""");

        var audit = await lone.Node.GetAsync("audit?limit=1000", OperatorJson.Default.AuditPage);
        audit.Unreachable.ShouldBeEmpty();
        audit.Entries.ShouldContain(entry => entry.Node == "a" && entry.Action == "shards.resume" && entry.Who == "anybody (ada)" && entry.Outcome == 409 && entry.Detail!.Contains("alone"));
        audit.Entries.ShouldContain(entry => entry.Outcome == 200 && entry.Action == "log.level" && entry.Target.StartsWith("a {\"level\":\"critical\"", StringComparison.Ordinal));
        audit.Entries.ShouldContain(entry => entry.Action == "channel.publish" && entry.Target == "chat:secret");
        audit.Entries.Select(entry => entry.At).ShouldBe(audit.Entries.Select(entry => entry.At).OrderDescending());
    }

    [Theory]
    [InlineData("nodes/a/drain", null)]
    [InlineData("nodes/a/undrain", "{}")]
    [InlineData("nodes/a/evict", """{"force":true}""")]
    [InlineData("shards/channel/7/move", """{"to":"a"}""")]
    [InlineData("shards/rebalance", null)]
    [InlineData("shards/pause", """{"seconds":60}""")]
    [InlineData("shards/resume", null)]
    public async Task What_needs_a_second_node_is_refused_in_one_line(string path, string? body)
    {
        var error = await lone.Node.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, path, body);

        error.Error.ShouldBe("conflict");
        error.Message.ShouldBe("a is alone on its store, so this cannot be done.");
        (await lone.Node.GetAsync("nodes/a", OperatorJson.Default.NodeStatus)).ShouldSatisfyAllConditions(
            node => node.Status.ShouldBe("active"), node => node.Live!.Phase.ShouldBe("serving"), node => node.Live!.Obstacles.ShouldBeEmpty());
    }

    [Theory]
    [InlineData("nodes/z/drain", null, HttpStatusCode.NotFound, "node")]
    [InlineData("nodes/z/leave", null, HttpStatusCode.NotFound, "node")]
    [InlineData("nodes/z/evict", null, HttpStatusCode.NotFound, "node")]
    [InlineData("nodes/a/evict", """{"force":1}""", HttpStatusCode.BadRequest, "force")]
    [InlineData("shards/channel/256/move", """{"to":"a"}""", HttpStatusCode.NotFound, "shard")]
    [InlineData("shards/user/1/move", """{"to":"a"}""", HttpStatusCode.NotFound, "kind")]
    [InlineData("shards/session/1/move", """{"to":"z"}""", HttpStatusCode.NotFound, "to")]
    [InlineData("shards/pause", """{"seconds":0}""", HttpStatusCode.BadRequest, "seconds")]
    public async Task What_is_wrong_with_an_action_is_said_before_that_it_cannot_be_done(string path, string? body, HttpStatusCode status, string field) =>
        (await lone.Node.RefusedAsync(status, HttpMethod.Post, path, body)).Field.ShouldBe(field);
}
