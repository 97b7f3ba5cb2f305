using System.Net;
using Realtime.Messages.Operators;
using Realtime.Tests.Support;

namespace Realtime.Tests.Operations;

/// <summary>What the others say when one node is not there, and how one goes.</summary>
[Collection(ActorSystems.Name)]
public sealed class NodeLossTests
{
    [Fact(Skip = Parked.SeveralNodes)]
    public async Task A_node_that_does_not_answer_is_named_and_the_others_are_shown()
    {
        await using var server = await PostgresServer.StartAsync();
        var store = server.ConnectionString(await server.CreateDatabaseAsync());
        var (portOfA, portOfB) = (FreePort.Take(), FreePort.Take());
        await using var toA = new TcpProxy([new IPEndPoint(IPAddress.Loopback, portOfA)]);
        await using var toB = new TcpProxy([new IPEndPoint(IPAddress.Loopback, portOfB)]);
        await using var a = await OperatedCluster.StartMemberAsync("a", store, Through(portOfA, toA));
        await using var b = await OperatedCluster.StartMemberAsync("b", store, Through(portOfB, toB));
        await ReachedAsync(a, "b");

        // It is in the view and its heartbeat goes on: only the way between the two is gone.
        toA.Cut();
        toB.Cut();
        await OperatedApp.UntilAsync("the link to b to be lost", async () =>
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

    [Fact(Skip = Parked.SeveralNodes)]
    public async Task A_node_that_is_told_to_leave_gives_away_its_shards_and_stops_its_host()
    {
        await using var server = await PostgresServer.StartAsync();
        var store = server.ConnectionString(await server.CreateDatabaseAsync());
        await using var a = await OperatedCluster.StartMemberAsync("a", store);
        await using var b = await OperatedCluster.StartMemberAsync("b", store);
        await ReachedAsync(a, "b");

        (await a.ActAsync("nodes/b/leave")).Done.ShouldBeFalse();
        await OperatedApp.UntilAsync("b to stop", () => Task.FromResult(b.Stopping.IsCancellationRequested));
        await OperatedApp.UntilAsync("a to own everything", async () =>
            (await a.GetAsync("cluster", OperatorJson.Default.ClusterStatus)) is { Shards.Free: 0, Nodes: [{ Name: "a", Shards: 256 }] });
        (await a.GetAsync("events?limit=1000", OperatorJson.Default.EventPage)).Events.ShouldContain(happened => happened.What == "left" && happened.Node == "b");
    }

    private static Task ReachedAsync(OperatedApp node, string peer) => OperatedApp.UntilAsync($"{peer} to be reached", async () =>
        (await node.GetAsync("cluster", OperatorJson.Default.ClusterStatus)) is { Unreachable: [], Nodes.Count: 2 } status && status.Nodes.All(seen => seen.Shards > 0));

    private static (string, string)[] Through(int port, TcpProxy proxy) =>
        [("Cluster:PeerPort", $"{port}"), ("Cluster:PeerAdvertisedPort", $"{proxy.Endpoint.Port}"), ("StopTimeout", "1s")];
}
