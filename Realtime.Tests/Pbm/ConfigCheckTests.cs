using Realtime.Messages.Operators;
using Realtime.Pbm.Checks;

namespace Realtime.Tests.Pbm;

/// <summary><c>pbm config check</c>: what differs between nodes, and what ends badly.</summary>
public sealed class ConfigCheckTests
{
    [Fact]
    public async Task Nodes_that_run_by_the_same_are_0()
    {
        await using var api = await PlayedApi.StartWholeAsync();
        api.Answer("GET cluster", Alone());

        var run = await PbmRun.Of(api, "config", "check");

        run.Code.ShouldBe(0, run.Output + run.Error);
        run.Output.ShouldContain("1 node checked: nothing to do.");
    }

    [Fact]
    public async Task What_differs_is_shown_node_by_node_and_is_6()
    {
        await using var api = await PlayedApi.StartWholeAsync();
        api.Answer("GET nodes/node-2/config", new ConfigurationReport("node-2", [new("Realtime:Node", "node-2"), new("Realtime:Cluster:Shards", "1024")]));

        var text = await PbmRun.Of(api, "config", "check");
        var json = await PbmRun.Of(api, "config", "check", "--json");

        (text.Code, json.Code).ShouldBe((6, 6));
        text.Output.ShouldContain("fault Realtime:Cluster:Shards");
        text.Output.ShouldContain("1024 on node-2");
        text.Output.ShouldContain("4096 on node-1, node-3");
        text.Output.ShouldNotContain("Realtime:Node ");
        json.Output.ShouldContain("""{"severity":"Fault","setting":"Realtime:Cluster:Shards",""");
    }

    [Fact]
    public async Task A_node_that_cannot_be_asked_is_7()
    {
        await using var api = await PlayedApi.StartWholeAsync();
        api.Answer("GET cluster", Alone());
        api.Refuse("GET nodes/node-1/config", 503, "unavailable", "no answer");

        var run = await PbmRun.Of(api, "config", "check");

        run.Code.ShouldBe(7);
        run.Error.ShouldContain("node-1");
    }

    [Fact]
    public void Versions_and_keys_are_compared_and_places_are_not()
    {
        var old = PlayedCluster.Node2 with { Live = PlayedCluster.Node2.Live! with { Version = "0.0.9" } };

        var findings = DifferenceRules.Find(
        [
            Running(PlayedCluster.Node1, ("Realtime:Port", "1"), ("Realtime:Auth:DevelopmentKey", "********"), ("Realtime:Cluster:Capacity", "10000"), ("Realtime:Namespaces:chat:Presence", "True")),
            Running(old, ("Realtime:Port", "2"), ("Realtime:Cluster:Capacity", "20000"), ("Realtime:Namespaces:chat:Presence", "False")),
        ]).ToDictionary(finding => finding.Setting, finding => finding.Severity);

        findings.ShouldBe(
            new Dictionary<string, Severity>
            {
                ["version"] = Severity.Warning, ["Realtime:Auth:DevelopmentKey"] = Severity.Fault, ["Realtime:Cluster:Capacity"] = Severity.Note, ["Realtime:Namespaces:chat:Presence"] = Severity.Fault,
            },
            ignoreOrder: true);
    }

    [Theory]
    [InlineData("Realtime:Operator:Address", "*", "without a key")]
    [InlineData("Realtime:Cluster:PeerAddress", "10.1.2.3", "whoever says it is a node")]
    [InlineData("Realtime:Auth:DevelopmentKey", "********", "can be anybody")]
    [InlineData("Realtime:Cluster:Heartbeat", "100ms", "declared dead after 500 ms")]
    [InlineData("Realtime:MaxConnections", "5000", "takes 5,000 connections")]
    [InlineData("Realtime:Cluster:DrainWindow", "0s", "at once")]
    public void What_ends_badly_is_found(string setting, string value, string words)
    {
        var nodes = new[] { Running(PlayedCluster.Node1, (setting, value)), Running(PlayedCluster.Node2) };

        CombinationRules.Find(PlayedCluster.Cluster, nodes).ShouldContain(finding => finding.Severity > Severity.Note && finding.Text.Contains(words, StringComparison.Ordinal));
        CombinationRules.Find(PlayedCluster.Cluster, [Running(PlayedCluster.Node1), Running(PlayedCluster.Node2)]).ShouldAllBe(finding => finding.Severity == Severity.Note);
    }

    [Fact]
    public void A_drain_that_outruns_the_doors_of_the_others_is_found()
    {
        var crowded = PlayedCluster.Node1 with { Connections = 9000 };
        RunningNode[] nodes = [Running(crowded, ("Realtime:Cluster:DrainWindow", "30s")), Running(PlayedCluster.Node1 with { Name = "node-2" }, ("Realtime:Admission:Resumes", "100"))];

        CombinationRules.Find(PlayedCluster.Cluster, nodes).ShouldContain(finding => finding.Text.Contains("turned away", StringComparison.Ordinal));
        nodes[1] = Running(PlayedCluster.Node1 with { Name = "node-2" }, ("Realtime:Admission:Resumes", "10000"));
        CombinationRules.Find(PlayedCluster.Cluster, nodes).ShouldNotContain(finding => finding.Text.Contains("turned away", StringComparison.Ordinal));
    }

    [Fact]
    public void Relaying_by_all_is_a_note_and_by_some_a_warning()
    {
        var without = PlayedCluster.Node1 with { ClientUrl = null };

        CombinationRules.Find(PlayedCluster.Cluster, [Running(without), Running(without with { Name = "node-2" })]).ShouldContain(finding => finding.Severity == Severity.Note && finding.Setting == "Realtime:Cluster:ClientUrl");
        CombinationRules.Find(PlayedCluster.Cluster, [Running(without), Running(PlayedCluster.Node2)]).ShouldContain(finding => finding.Severity == Severity.Warning && finding.Setting == "Realtime:Cluster:ClientUrl");
    }

    [Fact]
    public void A_cluster_too_small_for_the_loss_of_a_node_is_found()
    {
        var full = PlayedCluster.Node1 with { Connections = 9500 };
        var cluster = PlayedCluster.Cluster with { Nodes = [full, PlayedCluster.Node1 with { Name = "node-2" }] };

        CombinationRules.Find(cluster, [Running(full), Running(cluster.Nodes[1])]).Count(finding => finding.Setting == "Realtime:Cluster:Capacity" && finding.Severity == Severity.Warning).ShouldBe(2);
    }

    private static ClusterStatus Alone() => PlayedCluster.Cluster with { Nodes = [PlayedCluster.Node1], Unreachable = [] };

    private static RunningNode Running(NodeStatus node, params (string Name, string Value)[] settings) =>
        new(node, new ConfigurationReport(node.Name, [.. settings.Select(setting => new ConfigurationReport.Setting(setting.Name, setting.Value))]));
}
