using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Messages.Operators;
using Realtime.Node.Auth;
using Realtime.Tests.Cluster;
using Realtime.Tests.Hosting;
using Realtime.Tests.Support;

namespace Realtime.Tests.Operations;

/// <summary>What the others say when one node is not there, and how one goes.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class NodeLossTests
{
    [Fact]
    public async Task A_node_that_does_not_answer_is_named_and_the_others_are_shown()
    {
        await using var two = await TwoNodes.StartAsync();
        var (a, b) = (two.A, two.B);

        // It is a member, and gives no answer.
        await b.SignalAsync("STOP");
        var status = await a.GetAsync("cluster", OperatorJson.Default.ClusterStatus);
        status.Unreachable.ShouldBe(["b"]);
        status.Nodes.Select(node => (node.Name, node.Reachable, node.Live is null)).ShouldBe([("a", true, false), ("b", false, true)]);

        // All at once: before long it is no member any more.
        var node = a.GetAsync("nodes/b", OperatorJson.Default.NodeStatus);
        var sessions = a.GetAsync("sessions", OperatorJson.Default.SessionPage);
        var channels = a.GetAsync("channels", OperatorJson.Default.ChannelPage);
        var audit = a.GetAsync("audit", OperatorJson.Default.AuditPage);
        var log = a.RefusedAsync(HttpStatusCode.ServiceUnavailable, HttpMethod.Get, "nodes/b/log");
        (await node).Reachable.ShouldBeFalse();
        (await sessions).Unreachable.ShouldBe(["b"]);
        (await channels).Unreachable.ShouldBe(["b"]);
        (await audit).Unreachable.ShouldBe(["b"]);
        (await log).Message.ShouldContain("b did not answer");

        await OperatedApp.UntilAsync("it to be missed or given up", async () =>
            (await a.GetAsync("cluster", OperatorJson.Default.ClusterStatus)).Members is var members && !members.Any(member => member is { Name: "b", Reachable: true }));
        await OperatedApp.UntilAsync("a to go on alone", async () => (await a.GetAsync("cluster", OperatorJson.Default.ClusterStatus)) is { Unreachable: [], Nodes: [{ Name: "a" }] });
        await b.SignalAsync("CONT");
    }

    [Fact]
    public async Task Of_two_nodes_that_are_told_to_leave_at_once_one_gives_away_its_shards_and_stops_its_host_and_the_other_one_stays()
    {
        var store = await StoreAsync();
        await using var a = await OperatedCluster.StartMemberAsync("a", store);
        await using var b = await OperatedCluster.StartMemberAsync("b", store);
        await ReachedAsync(a, "b");
        await ReachedAsync(b, "a");

        var answers = await Task.WhenAll(a.SendAsync(HttpMethod.Post, "nodes/a/leave"), b.SendAsync(HttpMethod.Post, "nodes/b/leave"));

        answers.Select(answer => answer.Status).ShouldBe([HttpStatusCode.OK, HttpStatusCode.Conflict], ignoreOrder: true);
        var (leaver, other, refusal) = answers[0].Status is HttpStatusCode.OK ? (a, b, answers[1].Body) : (b, a, answers[0].Body);
        refusal.ShouldContain($"{other.Name} is the last node that takes shards");
        await OperatedApp.UntilAsync("one to stop", () => Task.FromResult(leaver.Stopping.IsCancellationRequested));
        await OperatedApp.UntilAsync("the other one to be alone", async () =>
            (await other.GetAsync("cluster", OperatorJson.Default.ClusterStatus)) is { Nodes: [{ Name: var left }] } && left == other.Name);
        other.Stopping.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task A_page_of_a_node_that_has_stopped_may_connect_to_one_that_was_started_later()
    {
        var store = await StoreAsync();
        Uri page;
        await using (var a = await OperatedCluster.StartMemberAsync("a", store))
        {
            page = a.Clients;
        }

        await using var b = await OperatedCluster.StartMemberAsync("b", store);

        var origins = b.Services.GetRequiredService<OriginPolicy>();
        origins.Allows(page.GetLeftPart(UriPartial.Authority), "http", b.Clients.Authority).ShouldBeTrue();
        origins.Allows($"http://{page.Host}:{page.Port + 1}", "http", b.Clients.Authority).ShouldBeFalse();
    }

    [Fact]
    public async Task A_living_node_is_evicted_by_force_only_and_ends()
    {
        await using var two = await TwoNodes.StartAsync();
        var (a, b) = (two.A, two.B);

        (await a.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, "nodes/b/evict")).Message.ShouldContain("alive");
        (await a.ActAsync("nodes/b/evict", """{"force":true}""")).Done.ShouldBeFalse();

        (await b.ExitAsync()).ShouldBe(3);
        await OperatedApp.UntilAsync("a to go on alone", async () => (await a.GetAsync("cluster", OperatorJson.Default.ClusterStatus)) is { Nodes: [{ Name: "a" }] });
    }

    private static async Task<string> StoreAsync()
    {
        var server = await PostgresServer.SharedAsync();
        return server.ConnectionString(await server.CreateDatabaseAsync());
    }

    private static Task ReachedAsync(OperatedApp node, string peer) => OperatedApp.UntilAsync($"{peer} to be reached", async () =>
        (await node.GetAsync("cluster", OperatorJson.Default.ClusterStatus)) is { Unreachable: [], Nodes.Count: 2 } status && status.Members.All(member => member is { Standing: "up", RowAgeMs: not null }));

    /// <summary>A node in this process, and one that is a process of its own.</summary>
    private sealed class TwoNodes : IAsyncDisposable
    {
        private readonly TemporaryDirectory _directory = new();

        private TwoNodes(OperatedApp a, string store) => (A, B) = (a, NodeProcess.Start(
            _directory.Path, new Dictionary<string, string> { ["REALTIME__OPERATOR__PORT"] = "0" }, "--node", "b", "--store", "postgres:" + store, "--port", "0"));

        public OperatedApp A { get; }

        public NodeProcess B { get; }

        public static async Task<TwoNodes> StartAsync()
        {
            var store = await StoreAsync();
            var two = new TwoNodes(await OperatedCluster.StartMemberAsync("a", store), store);
            await two.B.UrlAsync();
            await ReachedAsync(two.A, "b");
            return two;
        }

        public async ValueTask DisposeAsync()
        {
            await B.DisposeAsync();
            await A.DisposeAsync();
            _directory.Dispose();
        }
    }
}
