using System.Net;
using Realtime.Cluster.Journal.Memory;
using Realtime.Messages.Operators;
using Realtime.Tests.Support;

namespace Realtime.Tests.Operations;

/// <summary>What the others say when one node is not there, and how one goes.</summary>
public sealed class NodeLossTests
{
    [Fact]
    public async Task A_node_that_does_not_answer_is_named_and_the_others_are_shown()
    {
        await using var store = new MemoryStore(TimeProvider.System);
        var (portOfA, portOfB) = (FreePort.Take(), FreePort.Take());
        await using var toA = new TcpProxy([new IPEndPoint(IPAddress.Loopback, portOfA)]);
        await using var toB = new TcpProxy([new IPEndPoint(IPAddress.Loopback, portOfB)]);
        await using var a = await OperatedApp.StartMemberAsync("a", store, Through(portOfA, toA));
        await using var b = await OperatedApp.StartMemberAsync("b", store, Through(portOfB, toB));
        await ReachedAsync(a, "b");

        // It is in the view and its heartbeat goes on: only the way between the two is gone.
        toA.Cut();
        toB.Cut();
        await OperatedCluster.UntilAsync("the link to b to be lost", async () =>
            (await a.GetAsync("nodes/a", OperatorJson.Default.NodeStatus)).Live!.Links.Any(link => link is { Peer: "b", Up: false }));
        var status = await a.GetAsync("cluster", OperatorJson.Default.ClusterStatus);
        status.Unreachable.ShouldBe(["b"]);
        status.Nodes.Select(node => (node.Name, node.Reachable, node.Live is null)).ShouldBe([("a", true, false), ("b", false, true)]);
        (await a.GetAsync("nodes/b", OperatorJson.Default.NodeStatus)).Reachable.ShouldBeFalse();
        (await a.GetAsync("sessions", OperatorJson.Default.SessionPage)).Unreachable.ShouldBe(["b"]);
        (await a.GetAsync("channels", OperatorJson.Default.ChannelPage)).Unreachable.ShouldBe(["b"]);
        (await a.GetAsync("audit", OperatorJson.Default.AuditPage)).Unreachable.ShouldBe(["b"]);
        (await a.GetAsync("shards?node=b", OperatorJson.Default.ShardPage)).Shards.ShouldAllBe(shard => shard.Sessions == null && shard.Channels == null);
        (await a.RefusedAsync(HttpStatusCode.ServiceUnavailable, HttpMethod.Get, "nodes/b/log")).Message.ShouldContain("b");
        (await a.RefusedAsync(HttpStatusCode.ServiceUnavailable, HttpMethod.Post, "nodes/b/drain")).Message.ShouldContain("nothing was done");
        var paused = await a.ActAsync("shards/pause");
        paused.Done.ShouldBeFalse();
        paused.Nodes.Select(node => (node.Node, node.Ok)).ShouldBe([("a", true), ("b", false)]);
    }

    [Fact]
    public async Task A_node_that_is_told_to_leave_gives_away_its_shards_and_stops_its_host()
    {
        await using var store = new MemoryStore(TimeProvider.System);
        await using var a = await OperatedApp.StartMemberAsync("a", store);
        await using var b = await OperatedApp.StartMemberAsync("b", store);
        await ReachedAsync(a, "b");

        (await a.ActAsync("nodes/b/leave")).Done.ShouldBeFalse();
        await OperatedCluster.UntilAsync("b to stop", () => Task.FromResult(b.Stopping.IsCancellationRequested));
        await OperatedCluster.UntilAsync("a to own everything", async () =>
            (await a.GetAsync("cluster", OperatorJson.Default.ClusterStatus)) is { Shards.Free: 0, Nodes: [{ Name: "a", Shards: 12 }] });
        (await a.GetAsync("events?limit=1000", OperatorJson.Default.EventPage)).Events.ShouldContain(happened => happened.What == "left" && happened.Node == "b");
    }

    [Fact]
    public async Task A_single_node_says_that_it_is_alone()
    {
        await using var node = await OperatedApp.StartAsync("n1");

        (await node.GetAsync("cluster", OperatorJson.Default.ClusterStatus)).ShouldSatisfyAllConditions(
            status => status.Clustered.ShouldBeFalse(), status => status.Version.ShouldBe(0), status => status.Shards.ShouldBe(new ShardCounts(1, 0, 0, 0)),
            status => status.Nodes.ShouldHaveSingleItem().Incarnation.ShouldBe(0));
        foreach (var action in new[] { "nodes/n1/drain", "nodes/n1/undrain", "nodes/n1/leave", "shards/rebalance", "shards/pause", "nodes/n1/evict" })
        {
            await node.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, action);
        }
    }

    private static Task ReachedAsync(OperatedApp node, string peer) => OperatedCluster.UntilAsync($"{peer} to be reached", async () =>
        (await node.GetAsync("cluster", OperatorJson.Default.ClusterStatus)) is { Unreachable: [], Nodes.Count: 2 } status && status.Nodes.All(seen => seen.Shards > 0));

    private static (string, string)[] Through(int port, TcpProxy proxy) =>
        [("Cluster:PeerPort", $"{port}"), ("Cluster:PeerAdvertisedPort", $"{proxy.Endpoint.Port}"), ("StopTimeout", "1s")];
}
