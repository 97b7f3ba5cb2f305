using System.Net;
using Realtime.Messages.Operators;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Operations;

/// <summary>Steering a cluster of three; every test leaves it as it found it.</summary>
[Collection(ActorSystems.Name)]
public sealed class ClusterActionTests(OperatedCluster cluster) : IClassFixture<OperatedCluster>
{
    [Fact]
    public async Task A_node_is_drained_through_another_one_and_taken_back()
    {
        await using var client = await RawClient.HelloAsync(cluster.B.Clients);
        (await cluster.A.ActAsync("nodes/b/drain")).Done.ShouldBeFalse();
        await OperatedApp.UntilAsync("c to know it", async () => (await cluster.C.ActAsync("nodes/b/drain")).Text.Contains("already", StringComparison.Ordinal));
        await client.WaitAsync("move");
        await OperatedApp.UntilAsync("b to give its shards away", async () =>
            (await cluster.A.GetAsync("nodes/b", OperatorJson.Default.NodeStatus)) is { Status: "draining" or "drained", SessionShards: 0, ChannelShards: 0 });

        (await ReadyAsync(cluster.B)).ShouldBe((HttpStatusCode.ServiceUnavailable, true));
        (await cluster.B.GetAsync("nodes/b", OperatorJson.Default.NodeStatus)).Live!.Obstacles.ShouldBe(["The node is drained by an operator."]);
        var (_, shard) = await ShardOfAsync("session", notOn: "b");
        (await cluster.A.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"shards/session/{shard}/move", """{"to":"b"}""")).Message.ShouldContain("takes no shards");
        await client.DisposeAsync();
        await OperatedApp.UntilAsync("b to be drained", async () => (await cluster.Lighthouse.GetAsync("nodes/b", OperatorJson.Default.NodeStatus)).Status == "drained");

        (await cluster.Lighthouse.ActAsync("nodes/b/undrain")).Done.ShouldBeTrue();
        await cluster.SettledAsync();
        (await cluster.C.ActAsync("nodes/b/undrain")).Text.ShouldContain("not drained");
        await OperatedApp.UntilAsync("b to be ready", async () => await ReadyAsync(cluster.B) == (HttpStatusCode.OK, false));
    }

    [Fact]
    public async Task The_last_node_is_not_drained_and_not_let_go()
    {
        await cluster.A.ActAsync("nodes/b/drain");
        await cluster.A.ActAsync("nodes/c/drain");
        await OperatedApp.UntilAsync("a to know both", async () =>
            (await cluster.A.GetAsync("cluster", OperatorJson.Default.ClusterStatus)).Nodes.Count(node => node.Status is "draining" or "drained") == 2);
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

    [Theory]
    [InlineData("session", "channel")]
    [InlineData("channel", "session")]
    public async Task A_shard_of_one_kind_is_moved_and_that_of_the_other_kind_stays(string kind, string other)
    {
        await using var client = await RawClient.HelloAsync(cluster.A.Clients);
        for (var i = 0; i < 8; i++)
        {
            await client.AskAsync($$"""{"type":"publish","id":{{i + 1}},"channel":"chat:moved-{{i}}","data":1}""");
        }

        await cluster.A.ActAsync("shards/pause", """{"seconds":600}""");
        var (owner, shard) = await ShardOfAsync(kind);
        var target = owner == "a" ? "b" : "a";
        var before = await OwnerOfAsync(other, shard);

        var begun = await cluster.Lighthouse.ActAsync($"shards/{kind}/{shard}/move", $$"""{"to":"{{target}}"}""");
        begun.Text.ShouldBe($"{kind} shard {shard} moves from {owner} to {target}.");
        await OperatedApp.UntilAsync("the shard to be there for all", async () =>
            (await cluster.C.GetAsync($"shards/{kind}/{shard}", OperatorJson.Default.ShardStatus)) is { State: "here", Target: null } moved && moved.Owner == target);

        (await OwnerOfAsync(other, shard)).ShouldBe(before, "it has the same number, and is another shard");
        (await cluster.A.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"shards/{kind}/{shard}/move", $$"""{"to":"{{target}}"}""")).Message.ShouldContain("already");
        await cluster.A.ActAsync("shards/resume");
    }

    [Fact]
    public async Task What_cannot_be_moved_says_why()
    {
        (await cluster.B.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, "shards/session/3/move", """{"to":"z"}""")).Field.ShouldBe("to");
        (await cluster.B.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, "shards/session/256/move", """{"to":"a"}""")).Field.ShouldBe("shard");
        (await cluster.B.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, "shards/user/3/move", """{"to":"a"}""")).Field.ShouldBe("kind");
        (await cluster.B.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, "nodes/z/drain")).Field.ShouldBe("node");
        (await cluster.B.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, "nodes/z/evict")).Field.ShouldBe("node");
        (await cluster.B.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, "nodes/b/evict")).Message.ShouldContain("itself");
        (await cluster.B.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, "nodes/a/evict")).Message.ShouldContain("alive");
        await cluster.B.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "nodes/a/evict", """{"force":1}""");
    }

    [Fact]
    public async Task Moves_are_paused_for_the_whole_cluster_and_resumed()
    {
        (await cluster.B.ActAsync("shards/pause", """{"seconds":600}""")).Done.ShouldBeTrue();
        foreach (var member in (OperatedApp[])[cluster.A, cluster.Lighthouse])
        {
            await OperatedApp.UntilAsync($"{member.Name} to know it", async () =>
                (await member.GetAsync("cluster", OperatorJson.Default.ClusterStatus)).Paused.Select(pause => pause.Node).SequenceEqual(["a", "b", "c"]));
        }

        (await cluster.A.GetAsync("cluster", OperatorJson.Default.ClusterStatus)).Paused.ShouldAllBe(pause => pause.SecondsLeft > 500 && pause.SecondsLeft <= 600);
        (await cluster.Lighthouse.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, "shards/rebalance")).Message.ShouldContain("paused");
        (await cluster.A.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "shards/pause", """{"seconds":0}""")).Field.ShouldBe("seconds");

        await cluster.Lighthouse.ActAsync("shards/resume");
        await OperatedApp.UntilAsync("a to know it", async () => (await cluster.A.GetAsync("cluster", OperatorJson.Default.ClusterStatus)).Paused.Count == 0);
        await OperatedApp.UntilAsync("nothing to be left to move", async () => (await cluster.Lighthouse.ActAsync("shards/rebalance")).Done);
        foreach (var member in (OperatedApp[])[cluster.A, cluster.C])
        {
            (await member.ActAsync("shards/rebalance")).Text.ShouldBe("Nothing moves: every node has its share of the shards that have an owner, and none is wanted elsewhere.");
        }
    }

    [Fact]
    public async Task Members_are_told_with_their_roles_and_how_lately_they_were_heard()
    {
        foreach (var member in (OperatedApp[])[cluster.B, cluster.Lighthouse])
        {
            var status = await member.GetAsync("cluster", OperatorJson.Default.ClusterStatus);
            status.Coordinator.ShouldBe("a", "it is the oldest node");
            status.Members.Select(seen => (seen.Name, seen.Role, seen.Standing, seen.Reachable, seen.Oldest, seen.Verdict)).ShouldBe(
                [("a", "node", "up", true, true, null), ("b", "node", "up", true, false, null), ("c", "node", "up", true, false, null), ("l", "lighthouse", "up", true, false, null)],
                member.Name);
            status.Members.ShouldAllBe(seen => seen.RowAgeMs >= 0 && seen.RowAgeMs < 60_000 && seen.Misses.Count == 0);
            status.Members.Where(seen => seen.HeardMs is null).Select(seen => seen.Name).ShouldBe([member.Name]);
        }
    }

    private async Task<(string Owner, int Shard)> ShardOfAsync(string kind, string? notOn = null)
    {
        (string, int)? found = null;
        await OperatedApp.UntilAsync($"a {kind} shard to be somewhere", async () =>
        {
            var page = await cluster.A.GetAsync($"shards?kind={kind}&state=here", OperatorJson.Default.ShardPage);
            found = page.Shards.Where(shard => shard.Owner != notOn).Select(shard => ((string, int)?)(shard.Owner!, shard.Shard)).FirstOrDefault();
            return found is not null;
        });
        return found!.Value;
    }

    private async Task<string?> OwnerOfAsync(string kind, int shard) =>
        (await cluster.A.GetAsync($"shards/{kind}/{shard}", OperatorJson.Default.ShardStatus)).Owner;

    private static async Task<(HttpStatusCode, bool)> ReadyAsync(OperatedApp node)
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(node.Clients, "/health/ready"), TestContext.Current.CancellationToken);
        return (response.StatusCode, (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Contains("drained by an operator", StringComparison.Ordinal));
    }
}
