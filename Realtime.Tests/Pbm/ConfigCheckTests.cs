using System.Text.RegularExpressions;
using Realtime.Messages.Operators;
using Realtime.Pbm.Checks;
using Realtime.Tests.Deployment;

namespace Realtime.Tests.Pbm;

/// <summary><c>pbm config check</c>: what differs between nodes, and what ends badly.</summary>
public sealed partial class ConfigCheckTests
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
        api.Answer("GET nodes/node-2/config", new ConfigurationReport("node-2", [new("Realtime:Node", "node-2"), new("Realtime:Auth:Issuer", "there")]));

        var text = await PbmRun.Of(api, "config", "check");
        var json = await PbmRun.Of(api, "config", "check", "--json");

        (text.Code, json.Code).ShouldBe((6, 6));
        text.Output.ShouldContain("fault Realtime:Auth:Issuer");
        text.Output.ShouldContain("there on node-2");
        text.Output.ShouldContain("here on node-1, node-3");
        text.Output.ShouldNotContain("Realtime:Node ");
        json.Output.ShouldContain("""{"severity":"Fault","setting":"Realtime:Auth:Issuer",""");
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
            Running(PlayedCluster.Node1, ("Realtime:Port", "1"), ("Realtime:Auth:DevelopmentKey", "********"), ("Realtime:MaxConnections", "10000"), ("Realtime:Namespaces:chat:Presence", "True")),
            Running(old, ("Realtime:Port", "2"), ("Realtime:MaxConnections", "20000"), ("Realtime:Namespaces:chat:Presence", "False")),
        ]).ToDictionary(finding => finding.Setting, finding => finding.Severity);

        findings.ShouldBe(
            new Dictionary<string, Severity>
            {
                ["version"] = Severity.Warning, ["Realtime:Auth:DevelopmentKey"] = Severity.Fault, ["Realtime:MaxConnections"] = Severity.Note, ["Realtime:Namespaces:chat:Presence"] = Severity.Fault,
            },
            ignoreOrder: true);
    }

    [Theory]
    [InlineData("Realtime:Operator:Address", "*", "without a key")]
    [InlineData("Realtime:Auth:DevelopmentKey", "********", "can be anybody")]
    public void What_ends_badly_is_found(string setting, string value, string words)
    {
        var nodes = new[] { Running(PlayedCluster.Node1, (setting, value)), Running(PlayedCluster.Node2) };

        CombinationRules.Find(PlayedCluster.Cluster, nodes).ShouldContain(finding => finding.Severity > Severity.Note && finding.Text.Contains(words, StringComparison.Ordinal));
        CombinationRules.Find(PlayedCluster.Cluster, [Running(PlayedCluster.Node1), Running(PlayedCluster.Node2)]).ShouldAllBe(finding => finding.Severity == Severity.Note);
    }

    [Fact]
    public void Sessions_that_are_given_up_before_their_clients_are_back_are_found()
    {
        static IEnumerable<Finding> Find(string grace) => CombinationRules.Find(
            PlayedCluster.Cluster, [Running(PlayedCluster.Node1, ("Realtime:Sessions:OrphanGrace", grace), ("Realtime:Connections:CrashWindow", "30s"))]);

        Find("10s").ShouldContain(finding => finding.Setting == "Realtime:Sessions:OrphanGrace" && finding.Text.Contains("given up after 10 s", StringComparison.Ordinal));
        Find("30s").ShouldNotContain(finding => finding.Setting == "Realtime:Sessions:OrphanGrace");
    }

    [Fact]
    public void Every_rule_is_about_an_option_that_exists()
    {
        var rules = Architecture.RepositoryFiles.All
            .Where(file => file.Path.StartsWith("pbm/Checks/", StringComparison.Ordinal))
            .SelectMany(file => OptionName().Matches(file.Text).Select(name => name.Groups[1].Value))
            .Distinct()
            .ToList();

        rules.Count.ShouldBeGreaterThan(10);
        rules.Where(rule => !OptionCatalog.Nodes.Any(option => option.Path == rule || option.Path.StartsWith(rule.TrimEnd(':') + ":", StringComparison.Ordinal))).ShouldBeEmpty();
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

        CombinationRules.Find(cluster, [Running(full), Running(cluster.Nodes[1])]).Count(finding => finding.Setting == "Realtime:MaxConnections" && finding.Severity == Severity.Warning).ShouldBe(2);
    }

    [GeneratedRegex("\"(Realtime:[^\"]+)\"")]
    private static partial Regex OptionName();

    private static ClusterStatus Alone() => PlayedCluster.Cluster with { Nodes = [PlayedCluster.Node1], Unreachable = [] };

    private static RunningNode Running(NodeStatus node, params (string Name, string Value)[] settings) =>
        new(node, new ConfigurationReport(node.Name, [.. settings.Select(setting => new ConfigurationReport.Setting(setting.Name, setting.Value))]));
}
