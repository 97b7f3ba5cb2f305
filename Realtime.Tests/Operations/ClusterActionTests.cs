using System.Net;
using Realtime.Messages.Operators;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Operations;

/// <summary>Steering a cluster of three; every test leaves it as it found it.</summary>
public sealed class ClusterActionTests(OperatedCluster cluster) : IClassFixture<OperatedCluster>
{
    [Fact]
    public async Task A_node_is_drained_through_another_one_and_taken_back()
    {
        await using var client = await RawClient.HelloAsync(cluster.B.Clients);
        var begun = await cluster.A.ActAsync("nodes/b/drain");
        begun.Done.ShouldBeFalse();
        var again = await cluster.C.ActAsync("nodes/b/drain");
        again.Text.ShouldContain("already");
        await client.WaitAsync("move");
        await OperatedCluster.UntilAsync("b to be drained", async () =>
            (await cluster.A.GetAsync("nodes/b", OperatorJson.Default.NodeStatus)) is { Status: "drained", Shards: 0, Live.Phase: "drained" });

        (await ReadyAsync(cluster.B)).ShouldBe((HttpStatusCode.ServiceUnavailable, true));
        (await cluster.B.GetAsync("nodes/b", OperatorJson.Default.NodeStatus)).Live!.Obstacles.ShouldBe(["The node was drained by an operator."]);
        (await cluster.A.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"shards/{await ShardOfAsync("a")}/move", """{"to":"b"}""")).Message.ShouldContain("draining");

        (await cluster.C.ActAsync("nodes/b/undrain")).Done.ShouldBeTrue();
        (await cluster.C.ActAsync("nodes/b/undrain")).Text.ShouldContain("not drained");
        await cluster.SettledAsync();
        (await ReadyAsync(cluster.B)).ShouldBe((HttpStatusCode.OK, false));
        var page = await cluster.B.GetAsync("events?after=0&limit=1000", OperatorJson.Default.EventPage);
        page.Events.Where(happened => happened.Node == "b").Select(happened => happened.What).ShouldContain("draining");
        page.Events.Where(happened => happened.Node == "b").Select(happened => happened.What).ShouldContain("active");
    }

    [Fact]
    public async Task The_last_node_is_not_drained_and_not_let_go()
    {
        await cluster.A.ActAsync("nodes/b/drain");
        await cluster.A.ActAsync("nodes/c/drain");
        foreach (var action in new[] { "drain", "leave" })
        {
            (await cluster.B.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"nodes/a/{action}")).Message.ShouldContain("last");
        }

        (await cluster.A.GetAsync("nodes/a", OperatorJson.Default.NodeStatus)).ShouldSatisfyAllConditions(
            node => node.Status.ShouldBe("active"), node => node.Live!.Phase.ShouldBe("serving"), node => node.Live!.Obstacles.ShouldBeEmpty());
        cluster.A.Stopping.IsCancellationRequested.ShouldBeFalse();
        await cluster.A.ActAsync("nodes/b/undrain");
        await cluster.A.ActAsync("nodes/c/undrain");
        await cluster.SettledAsync();
    }

    [Fact]
    public async Task A_shard_is_moved_is_held_there_and_is_let_go()
    {
        var shard = await ShardOfAsync("a");
        (await cluster.C.ActAsync($"shards/{shard}/move", """{"to":"b"}""")).Done.ShouldBeTrue();
        await OperatedCluster.UntilAsync("the shard to be held", async () =>
            (await cluster.A.GetAsync($"shards/{shard}", OperatorJson.Default.ShardStatus)) is { Owner: "b", Plan: "a", State: "held" });
        (await cluster.A.GetAsync("shards/map", OperatorJson.Default.ShardMapReport)).Held.ShouldBe([shard]);
        (await cluster.A.GetAsync("cluster", OperatorJson.Default.ClusterStatus)).Shards.Held.ShouldBe(1);

        var rebalanced = await cluster.A.ActAsync("shards/rebalance");
        rebalanced.Nodes.Select(node => (node.Node, node.Ok)).ShouldBe([("a", true), ("b", true), ("c", true)]);
        await OperatedCluster.UntilAsync("the shard to be where the plan wants it", async () =>
            (await cluster.A.GetAsync($"shards/{shard}", OperatorJson.Default.ShardStatus)) is { Owner: "a", State: "here" });
        await cluster.SettledAsync();
    }

    [Fact]
    public async Task What_cannot_be_moved_says_why()
    {
        var shard = await ShardOfAsync("a");
        (await cluster.B.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"shards/{shard}/move", """{"to":"a"}""")).Message.ShouldContain("already");
        (await cluster.B.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"shards/{shard}/move", """{"to":"z"}""")).Field.ShouldBe("to");
        (await cluster.B.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, "shards/99/move", """{"to":"a"}""")).Field.ShouldBe("shard");
        (await cluster.B.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, "nodes/z/drain")).Field.ShouldBe("node");
        (await cluster.B.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, "nodes/z/evict")).Field.ShouldBe("node");
        (await cluster.B.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, "nodes/b/evict")).Error.ShouldBe("conflict");
        (await cluster.B.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, "nodes/a/evict")).Message.ShouldContain("alive");
    }

    [Fact]
    public async Task A_living_node_is_evicted_by_force_only_and_joins_again()
    {
        var before = await cluster.A.GetAsync("nodes/c", OperatorJson.Default.NodeStatus);
        await cluster.A.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "nodes/c/evict", """{"force":1}""");
        (await cluster.A.ActAsync("nodes/c/evict", """{"force":true}""")).Done.ShouldBeTrue();
        await OperatedCluster.UntilAsync("c to be back in another life", async () =>
            (await cluster.A.SendAsync(HttpMethod.Get, "nodes/c")).Status == HttpStatusCode.OK &&
            (await cluster.A.GetAsync("nodes/c", OperatorJson.Default.NodeStatus)).Incarnation > before.Incarnation);
        await cluster.SettledAsync();
        (await cluster.A.GetAsync("events?limit=1000", OperatorJson.Default.EventPage)).Events.ShouldContain(happened => happened.What == "evicted" && happened.Node == "c");
    }

    [Fact]
    public async Task Moves_are_paused_on_all_nodes_and_resumed()
    {
        var paused = await cluster.B.ActAsync("shards/pause", """{"seconds":600}""");
        paused.Done.ShouldBeTrue();
        paused.Nodes.Count.ShouldBe(3);
        var status = await cluster.A.GetAsync("cluster", OperatorJson.Default.ClusterStatus);
        status.Paused.Select(pause => pause.Node).ShouldBe(["a", "b", "c"]);
        status.Paused.ShouldAllBe(pause => pause.SecondsLeft > 500 && pause.SecondsLeft <= 600);
        (await cluster.A.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "shards/pause", """{"seconds":0}""")).Field.ShouldBe("seconds");

        await cluster.C.ActAsync("shards/resume");
        (await cluster.A.GetAsync("cluster", OperatorJson.Default.ClusterStatus)).Paused.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_session_is_sent_away_to_come_back_or_for_good()
    {
        await using var client = await RawClient.HelloAsync(cluster.C.Clients);
        await cluster.A.ActAsync($"sessions/{OperatedApp.IdOf(client)}/disconnect", """{"reconnect":true,"reason":"a test"}""");
        await client.ClosedAsync();
        await OperatedCluster.UntilAsync("the session to be detached", async () =>
            (await cluster.B.GetAsync($"sessions/{OperatedApp.IdOf(client)}", OperatorJson.Default.SessionReport)).Session.State == "detached");
        (await cluster.B.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"sessions/{OperatedApp.IdOf(client)}/disconnect", """{"reconnect":true}""")).Message.ShouldContain("no connection");

        (await cluster.B.ActAsync($"sessions/{OperatedApp.IdOf(client)}/disconnect")).Done.ShouldBeTrue();
        await cluster.A.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"sessions/{OperatedApp.IdOf(client)}/disconnect");
        await cluster.A.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"sessions/{OperatedApp.IdOf(client)}");
        await cluster.A.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, "sessions/AAAAAAAAAAAAAAAAAAAAAQ/disconnect");
    }

    [Fact]
    public async Task What_an_operator_publishes_reaches_subscribers_everywhere_and_comes_from_nobody()
    {
        await using var client = await RawClient.HelloAsync(cluster.B.Clients);
        await client.AskAsync("""{"type":"subscribe","id":2,"channel":"board:notes"}""");
        await cluster.C.SendAsync(HttpMethod.Post, "channels/board%3Anotes/messages", """{"data":["hello",null]}""");

        var message = (await client.MessagesAsync("board:notes", 1))[0];
        message["data"]!.ToJsonString().ShouldBe("""["hello",null]""");
        message.ContainsKey("from").ShouldBeFalse();
        (await cluster.C.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, "channels/nowhere%3Ax/messages", """{"data":1}""")).Field.ShouldBe("channel");
        (await cluster.C.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "channels/x/messages", "{}")).Field.ShouldBe("data");
        (await cluster.C.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "channels/cursors%3Ax/messages", $$"""{"data":"{{new string('x', 5000)}}"}""")).Field.ShouldBe("data");
    }

    [Fact]
    public async Task Every_action_is_in_the_audit_of_the_node_that_was_asked_and_any_node_shows_it()
    {
        await cluster.B.SendAsync(HttpMethod.Post, "shards/resume", request => request.Headers.Add("X-Operator", "ada"));
        await cluster.C.ActAsync("nodes/b/log/level", """{"level":"critical","category":"Realtime.Nothing","seconds":1}""", HttpMethod.Put);
        await cluster.C.SendAsync(HttpMethod.Post, "channels/chat%3Asecret/messages", """{"data":"the application's own"}""");

        var audit = await cluster.A.GetAsync("audit?limit=1000", OperatorJson.Default.AuditPage);
        audit.Unreachable.ShouldBeEmpty();
        audit.Entries.ShouldContain(entry => entry.Node == "b" && entry.Action == "shards.resume" && entry.Who == "anybody (ada)" && entry.Outcome == 200 && entry.Detail == null);
        audit.Entries.ShouldContain(entry => entry.Node == "c" && entry.Action == "log.level" && entry.Target.StartsWith("b {\"level\":\"critical\"", StringComparison.Ordinal));
        audit.Entries.ShouldContain(entry => entry.Action == "channel.publish" && entry.Target == "chat:secret");
        audit.Entries.Select(entry => entry.At).ShouldBe(audit.Entries.Select(entry => entry.At).OrderDescending());
    }

    private async Task<int> ShardOfAsync(string node) =>
        (await cluster.A.GetAsync($"shards?node={node}&state=here", OperatorJson.Default.ShardPage)).Shards.First(shard => shard.Plan == node).Shard;

    private static async Task<(HttpStatusCode, bool)> ReadyAsync(OperatedApp node)
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(node.Clients, "/health/ready"), TestContext.Current.CancellationToken);
        return (response.StatusCode, (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Contains("drained by an operator", StringComparison.Ordinal));
    }
}
