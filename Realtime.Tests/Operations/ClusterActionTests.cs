using System.Net;
using Realtime.Messages.Operators;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Operations;

/// <summary>Steering a cluster of three; every test leaves it as it found it.</summary>
[Collection(ActorSystems.Name)]
public sealed class ClusterActionTests : IAsyncLifetime
{
    private readonly OperatedCluster _cluster = new();

    public ValueTask InitializeAsync() => _cluster.InitializeAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();


    [Fact(Skip = Parked.SeveralNodes)]
    public async Task A_node_is_drained_through_another_one_and_taken_back()
    {
        await using var client = await RawClient.HelloAsync(_cluster.B.Clients);
        var begun = await _cluster.A.ActAsync("nodes/b/drain");
        begun.Done.ShouldBeFalse();
        var again = await _cluster.C.ActAsync("nodes/b/drain");
        again.Text.ShouldContain("already");
        await client.WaitAsync("move");
        await OperatedApp.UntilAsync("b to be drained", async () =>
            (await _cluster.A.GetAsync("nodes/b", OperatorJson.Default.NodeStatus)) is { Status: "drained", Shards: 0, Live.Phase: "drained" });

        (await ReadyAsync(_cluster.B)).ShouldBe((HttpStatusCode.ServiceUnavailable, true));
        (await _cluster.B.GetAsync("nodes/b", OperatorJson.Default.NodeStatus)).Live!.Obstacles.ShouldBe(["The node was drained by an operator."]);
        (await _cluster.A.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"shards/{await ShardOfAsync("a")}/move", """{"to":"b"}""")).Message.ShouldContain("draining");

        (await _cluster.C.ActAsync("nodes/b/undrain")).Done.ShouldBeTrue();
        (await _cluster.C.ActAsync("nodes/b/undrain")).Text.ShouldContain("not drained");
        await _cluster.SettledAsync();
        (await ReadyAsync(_cluster.B)).ShouldBe((HttpStatusCode.OK, false));
        var page = await _cluster.B.GetAsync("events?after=0&limit=1000", OperatorJson.Default.EventPage);
        page.Events.Where(happened => happened.Node == "b").Select(happened => happened.What).ShouldContain("draining");
        page.Events.Where(happened => happened.Node == "b").Select(happened => happened.What).ShouldContain("active");
    }

    [Fact(Skip = Parked.SeveralNodes)]
    public async Task The_last_node_is_not_drained_and_not_let_go()
    {
        await _cluster.A.ActAsync("nodes/b/drain");
        await _cluster.A.ActAsync("nodes/c/drain");
        foreach (var action in new[] { "drain", "leave" })
        {
            (await _cluster.B.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"nodes/a/{action}")).Message.ShouldContain("last");
        }

        (await _cluster.A.GetAsync("nodes/a", OperatorJson.Default.NodeStatus)).ShouldSatisfyAllConditions(
            node => node.Status.ShouldBe("active"), node => node.Live!.Phase.ShouldBe("serving"), node => node.Live!.Obstacles.ShouldBeEmpty());
        _cluster.A.Stopping.IsCancellationRequested.ShouldBeFalse();
        await _cluster.A.ActAsync("nodes/b/undrain");
        await _cluster.A.ActAsync("nodes/c/undrain");
        await _cluster.SettledAsync();
    }

    [Fact(Skip = Parked.SeveralNodes)]
    public async Task A_shard_is_moved_is_held_there_and_is_let_go()
    {
        var shard = await ShardOfAsync("a");
        (await _cluster.C.ActAsync($"shards/{shard}/move", """{"to":"b"}""")).Done.ShouldBeTrue();
        await OperatedApp.UntilAsync("the shard to be held", async () =>
            (await _cluster.A.GetAsync($"shards/{shard}", OperatorJson.Default.ShardStatus)) is { Owner: "b", Plan: "a", State: "held" });
        (await _cluster.A.GetAsync("shards/map", OperatorJson.Default.ShardMapReport)).Held.ShouldBe([shard]);
        (await _cluster.A.GetAsync("cluster", OperatorJson.Default.ClusterStatus)).Shards.Held.ShouldBe(1);

        var rebalanced = await _cluster.A.ActAsync("shards/rebalance");
        rebalanced.Nodes.Select(node => (node.Node, node.Ok)).ShouldBe([("a", true), ("b", true), ("c", true)]);
        await OperatedApp.UntilAsync("the shard to be where the plan wants it", async () =>
            (await _cluster.A.GetAsync($"shards/{shard}", OperatorJson.Default.ShardStatus)) is { Owner: "a", State: "here" });
        await _cluster.SettledAsync();
    }

    [Fact(Skip = Parked.SeveralNodes)]
    public async Task What_cannot_be_moved_says_why()
    {
        var shard = await ShardOfAsync("a");
        (await _cluster.B.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"shards/{shard}/move", """{"to":"a"}""")).Message.ShouldContain("already");
        (await _cluster.B.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"shards/{shard}/move", """{"to":"z"}""")).Field.ShouldBe("to");
        (await _cluster.B.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, "shards/99/move", """{"to":"a"}""")).Field.ShouldBe("shard");
        (await _cluster.B.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, "nodes/z/drain")).Field.ShouldBe("node");
        (await _cluster.B.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, "nodes/z/evict")).Field.ShouldBe("node");
        (await _cluster.B.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, "nodes/b/evict")).Error.ShouldBe("conflict");
        (await _cluster.B.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, "nodes/a/evict")).Message.ShouldContain("alive");
    }

    [Fact(Skip = Parked.SeveralNodes)]
    public async Task A_living_node_is_evicted_by_force_only_and_joins_again()
    {
        var before = await _cluster.A.GetAsync("nodes/c", OperatorJson.Default.NodeStatus);
        await _cluster.A.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "nodes/c/evict", """{"force":1}""");
        (await _cluster.A.ActAsync("nodes/c/evict", """{"force":true}""")).Done.ShouldBeTrue();
        await OperatedApp.UntilAsync("c to be back in another life", async () =>
            (await _cluster.A.SendAsync(HttpMethod.Get, "nodes/c")).Status == HttpStatusCode.OK &&
            (await _cluster.A.GetAsync("nodes/c", OperatorJson.Default.NodeStatus)).Incarnation > before.Incarnation);
        await _cluster.SettledAsync();
        (await _cluster.A.GetAsync("events?limit=1000", OperatorJson.Default.EventPage)).Events.ShouldContain(happened => happened.What == "evicted" && happened.Node == "c");
    }

    [Fact(Skip = Parked.SeveralNodes)]
    public async Task Moves_are_paused_on_all_nodes_and_resumed()
    {
        var paused = await _cluster.B.ActAsync("shards/pause", """{"seconds":600}""");
        paused.Done.ShouldBeTrue();
        paused.Nodes.Count.ShouldBe(3);
        var status = await _cluster.A.GetAsync("cluster", OperatorJson.Default.ClusterStatus);
        status.Paused.Select(pause => pause.Node).ShouldBe(["a", "b", "c"]);
        status.Paused.ShouldAllBe(pause => pause.SecondsLeft > 500 && pause.SecondsLeft <= 600);
        (await _cluster.A.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "shards/pause", """{"seconds":0}""")).Field.ShouldBe("seconds");

        await _cluster.C.ActAsync("shards/resume");
        (await _cluster.A.GetAsync("cluster", OperatorJson.Default.ClusterStatus)).Paused.ShouldBeEmpty();
    }

    private async Task<int> ShardOfAsync(string node) =>
        (await _cluster.A.GetAsync($"shards?node={node}&state=here", OperatorJson.Default.ShardPage)).Shards.First(shard => shard.Plan == node).Shard;

    private static async Task<(HttpStatusCode, bool)> ReadyAsync(OperatedApp node)
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(node.Clients, "/health/ready"), TestContext.Current.CancellationToken);
        return (response.StatusCode, (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Contains("drained by an operator", StringComparison.Ordinal));
    }
}
