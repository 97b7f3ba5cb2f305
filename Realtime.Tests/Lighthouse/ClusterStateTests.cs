using System.Net;
using Realtime.Lighthouse;

namespace Realtime.Tests.Lighthouse;

public sealed class ClusterStateTests
{
    [Fact]
    public async Task The_state_names_every_node_with_what_it_owns_and_counts_what_nobody_owns()
    {
        var store = await LighthouseRig.FoundAsync();
        var a = await LighthouseRig.JoinAsync(store, "a", 0, capacity: 100, load: 7);
        var b = await LighthouseRig.JoinAsync(store, "b", 2, capacity: 200, open: false);
        await store.DrainAsync(b, true, LighthouseRig.Cancellation);
        await using var rig = await LighthouseRig.StartAsync(store);

        var (_, cluster, response) = await rig.GetAsync("/v1/cluster");

        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var version = (await store.ViewAsync(0, LighthouseRig.Cancellation)).Version;
        cluster!.ToJsonString().ShouldBe(
            $$$"""
            {"version":{{{version}}},"storeEpoch":1,"ageMs":0,"store":{"description":"memory of the test","reachable":true,"since":null,"fault":null},
            "nodes":[{"name":"a","incarnation":{{{a}}},"status":"active","peerAddress":"a:7000","clientUrl":"wss://a.example","zone":"z1","capacity":100,"load":7,"heartbeat":1,"shards":32},
            {"name":"b","incarnation":{{{b}}},"status":"draining","peerAddress":"b:7000","clientUrl":null,"zone":"z1","capacity":200,"load":0,"heartbeat":1,"shards":0}],
            "shards":{"total":64,"free":32}}
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public async Task Only_this_machine_may_read_the_state_unless_everyone_may()
    {
        var store = await LighthouseRig.FoundAsync();
        await using var local = await LighthouseRig.StartAsync(store);
        await using var open = await LighthouseRig.StartAsync(store, null, ("Cluster", "Everyone"));

        (await local.GetAsync("/v1/cluster")).Status.ShouldBe(HttpStatusCode.OK);
        (await local.GetAsync("/v1/cluster", headers: ("X-Forwarded-For", "203.0.113.9"))).Status.ShouldBe(HttpStatusCode.NotFound);
        (await open.GetAsync("/v1/cluster", headers: ("X-Forwarded-For", "203.0.113.9"))).Status.ShouldBe(HttpStatusCode.OK);
    }
}
