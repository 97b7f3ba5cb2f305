using Realtime.Messages.Operators;

namespace Realtime.Tests.Pbm;

/// <summary>What is shown where a lighthouse answers, which asks no node.</summary>
public sealed class LighthouseTests
{
    private static readonly ClusterStatus Cluster = PlayedCluster.Cluster with
    {
        Node = "lighthouse",
        Standing = "watching",
        AgeMs = 1200,
        Paused = [],
        Unreachable = [],
        Nodes = [.. PlayedCluster.Cluster.Nodes.Select(node => node with { Reachable = false, Live = null })],
    };

    [Theory]
    [InlineData("cluster show", "as the store has them, looked at 1200 ms ago")]
    [InlineData("cluster top --every 50ms --for 200ms", "node-3 active shards=1148")]
    [InlineData("cluster-sharding regions", "node-3  active")]
    [InlineData("node show node-3", "1,148")]
    public async Task Nobody_is_said_to_be_silent_who_was_not_asked(string verb, string told)
    {
        await using var api = await StartAsync();

        var run = await PbmRun.Of(api, verb.Split(' '));

        run.Code.ShouldBe(0, run.Error);
        run.Output.ShouldContain(told);
        run.Output.ShouldNotContain("answer");
        run.Output.ShouldNotContain("unreachable");
    }

    [Fact]
    public async Task Of_one_node_it_is_said_whose_knowledge_this_is()
    {
        await using var api = await StartAsync();

        (await PbmRun.Of(api, "node", "show", "node-3")).Error.ShouldContain("a lighthouse answers, and asks no node");
    }

    [Fact]
    public async Task The_live_view_goes_on_without_moves()
    {
        await using var api = await StartAsync();

        var picture = await PbmRun.Of(
            api,
            around => around with { OutputIsTerminal = true, Width = static () => 140, Height = static () => 40, QuitTyped = () => api.Requests.Count(request => request.Target == "GET cluster") >= 3 },
            "cluster", "top", "--every", "20ms");

        picture.Code.ShouldBe(0, picture.Error);
        picture.Output.ShouldContain("a lighthouse does not see which shards are on their way");
        api.Requests.ShouldNotContain(request => request.Target == "GET shards/moves");
    }

    [Fact]
    public async Task Whoever_names_no_node_is_told_to()
    {
        await using var api = await StartAsync();

        var run = await PbmRun.Of(api, "node", "show");

        run.Code.ShouldBe(2);
        run.Error.ShouldContain("node-1, node-2, node-3");
    }

    private static async Task<PlayedApi> StartAsync()
    {
        var api = await PlayedApi.StartAsync();
        api.Answer("GET cluster", Cluster);
        foreach (var node in Cluster.Nodes)
        {
            api.Answer($"GET nodes/{node.Name}", node);
        }

        return api;
    }
}
