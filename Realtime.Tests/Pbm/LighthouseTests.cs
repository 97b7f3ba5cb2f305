using Realtime.Messages.Operators;

namespace Realtime.Tests.Pbm;

/// <summary>What is shown where a lighthouse answers, which is no node.</summary>
public sealed class LighthouseTests
{
    private static readonly ClusterStatus Cluster = PlayedCluster.Cluster with { Node = "lighthouse", Standing = ClusterStatus.Watching };

    [Fact]
    public async Task Whose_picture_it_is_is_said()
    {
        await using var api = await StartAsync();

        (await PbmRun.Of(api, "cluster", "show")).Output.ShouldContain("a lighthouse answers, and asks the nodes");
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
        return api;
    }
}
