using System.Net;
using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Lighthouse;

/// <summary>What the operators' API answers from a view alone.</summary>
public sealed class OperatorAnswerTests
{
    [Fact]
    public async Task The_cluster_is_told_as_the_view_has_it_and_no_node_is_said_to_answer()
    {
        var store = await LighthouseRig.FoundAsync();
        var b = await LighthouseRig.JoinAsync(store, "b", 2, capacity: 200, open: false);
        var a = await LighthouseRig.JoinAsync(store, "a", 0, capacity: 100, load: 7);
        await store.DrainAsync(b, true, LighthouseRig.Cancellation);
        await using var rig = await LighthouseRig.StartAsync(store);

        var (status, cluster, response) = await rig.OperateAsync("cluster");

        status.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("Operator-Right").ShouldBe(["view"]);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var version = (await store.ViewAsync(0, LighthouseRig.Cancellation)).Version;
        cluster!.ToJsonString().ShouldBe(
            $$$"""
            {"node":"lighthouse","clustered":true,"version":{{{version}}},"storeEpoch":1,"standing":"watching","ageMs":0,
            "store":{"description":"memory of the test","durable":true,"well":true,"fault":null},"shards":{"total":64,"free":32,"moving":0,"held":0},"paused":[],
            "nodes":[{"name":"a","incarnation":{{{a}}},"status":"active","reachable":false,"peerAddress":"a:7000","clientUrl":"wss://a.example","zone":"z1","capacity":100,"connections":7,"shards":32,"live":null},
            {"name":"b","incarnation":{{{b}}},"status":"drained","reachable":false,"peerAddress":"b:7000","clientUrl":null,"zone":"z1","capacity":200,"connections":0,"shards":0,"live":null}],"unreachable":[]}
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public async Task A_node_is_found_by_its_name_and_who_asks_for_another_is_told_which_there_are()
    {
        var store = await LighthouseRig.FoundAsync();
        await LighthouseRig.JoinAsync(store, "a", 0, load: 7);
        await LighthouseRig.JoinAsync(store, "b", 1);
        await using var rig = await LighthouseRig.StartAsync(store);

        var (_, node, _) = await rig.OperateAsync("nodes/a");
        ((string)node!["name"]!).ShouldBe("a");
        ((int)node["connections"]!).ShouldBe(7);

        (await rig.OperateAsync("nodes/c")).ShouldBeRefused(404, "not_found", "There is no node 'c'. Nodes: a, b.", "node");
    }

    [Fact]
    public async Task The_map_says_who_owns_what_and_is_sent_again_only_when_that_has_changed()
    {
        var store = await LighthouseRig.FoundAsync();
        await LighthouseRig.JoinAsync(store, "b", 1);
        await using var rig = await LighthouseRig.StartAsync(store);
        await rig.LookAsync();

        var (_, map, response) = await rig.OperateAsync("shards/map");
        map!["nodes"]!.AsArray().Select(name => (string)name!).ShouldBe(["b"]);
        map["owners"]!.AsArray().Select(owner => (int)owner!).ShouldBe(Enumerable.Range(0, LighthouseRig.Shards).Select(shard => shard % 2 == 1 ? 0 : -1));
        var tag = response.Headers.ETag!.ToString();
        var (same, nothing, again) = await rig.OperateAsync("shards/map", headers: ("If-None-Match", $"\"another\", {tag}"));
        (same, nothing, again.Headers.ETag!.ToString()).ShouldBe((HttpStatusCode.NotModified, null, tag));

        await LighthouseRig.JoinAsync(store, "a", 0);
        await rig.LookAsync();
        var (changed, after, _) = await rig.OperateAsync("shards/map", headers: ("If-None-Match", tag));
        changed.ShouldBe(HttpStatusCode.OK);
        after!["nodes"]!.AsArray().Select(name => (string)name!).ShouldBe(["a", "b"]);
        after["owners"]!.AsArray().Select(owner => (int)owner!).ShouldBe(Enumerable.Range(0, LighthouseRig.Shards).Select(shard => shard % 2));
    }

    [Fact]
    public async Task A_shard_is_told_with_where_it_belongs_and_what_is_none_is_refused_with_the_range()
    {
        var store = await LighthouseRig.FoundAsync();
        await LighthouseRig.JoinAsync(store, "a", 0);
        await using var rig = await LighthouseRig.StartAsync(store);

        (await rig.OperateAsync("shards/2")).Body!.ToJsonString().ShouldBe(
            """{"shard":2,"owner":"a","epoch":1,"plan":"a","state":"here","sessions":null,"channels":null}""");
        (await rig.OperateAsync("shards/3")).Body!.ToJsonString().ShouldBe(
            """{"shard":3,"owner":null,"epoch":0,"plan":"a","state":"free","sessions":null,"channels":null}""");
        foreach (var none in new[] { "64", "-1", "x" })
        {
            (await rig.OperateAsync("shards/" + none)).ShouldBeRefused(404, "not_found", $"There is no shard '{none}'. Shards are numbered from 0 to 63.", "shard");
        }
    }

    [Fact]
    public async Task Where_it_belongs_follows_those_who_take_shards()
    {
        var store = await LighthouseRig.FoundAsync();
        var a = await LighthouseRig.JoinAsync(store, "a", 0);
        await using var rig = await LighthouseRig.StartAsync(store);
        await rig.OperateAsync("shards/0");

        await LighthouseRig.JoinAsync(store, "b", 1);
        await store.DrainAsync(a, true, LighthouseRig.Cancellation);
        await rig.LookAsync();

        var (_, shard, _) = await rig.OperateAsync("shards/0");
        ((string)shard!["owner"]!, (string)shard["plan"]!).ShouldBe(("a", "b"));
    }

    [Fact]
    public async Task Sessions_and_channels_are_located_and_what_is_neither_is_refused_by_its_parameter()
    {
        var store = await LighthouseRig.FoundAsync();
        await LighthouseRig.JoinAsync(store, "a", 0);
        await LighthouseRig.JoinAsync(store, "b", 1);
        await using var rig = await LighthouseRig.StartAsync(store);

        var session = new SessionId(0x1234567).ToString();
        var (_, found, _) = await rig.OperateAsync("shards/locate?session=" + session);
        ((string)found!["entity"]!, (string)found["id"]!).ShouldBe(("session", session));
        ((string)found["owner"]!).ShouldBe((int)found["shard"]! % 2 == 0 ? "a" : "b");
        (_, found, _) = await rig.OperateAsync("shards/locate?channel=chat%3Aone");
        ((string)found!["entity"]!, (string)found["id"]!).ShouldBe(("channel", "chat:one"));

        (await rig.OperateAsync("shards/locate")).ShouldBeRefused(400, "bad_request", "Either", "session");
        (await rig.OperateAsync($"shards/locate?channel=a&session={session}")).ShouldBeRefused(400, "bad_request", "Either", "session");
        (await rig.OperateAsync("shards/locate?session=short")).ShouldBeRefused(400, "bad_request", "This is not the id of a session", "session");
        (await rig.OperateAsync("shards/locate?channel=%20")).ShouldBeRefused(400, "bad_request", "' ' is not the name of a channel", "channel");
    }

    [Theory]
    [InlineData("GET", "events")]
    [InlineData("GET", "shards")]
    [InlineData("GET", "shards/moves")]
    [InlineData("GET", "nodes/a/log")]
    [InlineData("POST", "nodes/a/drain")]
    [InlineData("POST", "shards/1/move")]
    [InlineData("DELETE", "cluster")]
    public async Task Everything_else_is_a_node_s_to_answer(string method, string path)
    {
        var store = await LighthouseRig.FoundAsync();
        await LighthouseRig.JoinAsync(store, "a", 0);
        await using var rig = await LighthouseRig.StartAsync(store);

        (await rig.OperateAsync(path, method: method)).ShouldBeRefused(404, "not_found", "A lighthouse sees", null, $"Ask a node for {method} /operator/v1/{path}.");
    }

    [Fact]
    public async Task While_the_store_is_away_the_last_view_is_told_with_its_age_and_the_fault()
    {
        var store = await LighthouseRig.FoundAsync();
        await LighthouseRig.JoinAsync(store, "a", 0);
        await using var rig = await LighthouseRig.StartAsync(store);
        rig.Watched.Fault = new StoreUnavailableException("the cable is out");
        await rig.LookAsync();
        rig.Clock.Advance(TimeSpan.FromSeconds(90));

        var (status, cluster, _) = await rig.OperateAsync("cluster");

        status.ShouldBe(HttpStatusCode.OK);
        ((bool)cluster!["store"]!["well"]!).ShouldBeFalse();
        ((string)cluster["store"]!["fault"]!).ShouldBe("the cable is out");
        ((long)cluster["ageMs"]!).ShouldBeGreaterThan(90_000);

        rig.Watched.Fault = null;
        await rig.LookAsync();
        (_, cluster, _) = await rig.OperateAsync("cluster");
        cluster!["store"]!["fault"].ShouldBeNull();
        ((long)cluster["ageMs"]!).ShouldBeLessThan(3_000);
    }

    [Fact]
    public async Task Before_a_cluster_has_been_seen_everything_is_unavailable_for_the_store_s_reason()
    {
        await using var rig = await LighthouseRig.StartAsync(await LighthouseRig.FoundAsync(), new StoreUnavailableException("nobody is there"));

        foreach (var path in new[] { "cluster", "nodes/a", "shards/map", "shards/1", "shards/locate?channel=a" })
        {
            (await rig.OperateAsync(path)).ShouldBeRefused(503, "unavailable", "No cluster has been seen in memory of the test yet: nobody is there.", null);
        }

        (await rig.GetAsync(rig.Operators + "/health/ready")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await rig.GetAsync(rig.Operators + "/health/live")).Status.ShouldBe(HttpStatusCode.OK);
    }
}
