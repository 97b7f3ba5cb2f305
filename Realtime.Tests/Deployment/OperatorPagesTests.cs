using System.Globalization;
using Microsoft.Extensions.Configuration;
using Realtime.Messages.Errors;
using Realtime.Messages.Positions;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting.Configuration;
using Realtime.Pbm;
using Realtime.Tests.Architecture;

namespace Realtime.Tests.Deployment;

/// <summary>What the pages for operators name is there.</summary>
public sealed class OperatorPagesTests
{
    public static TheoryData<string> Pages => [.. OperatorPages.Paths];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Options_exist(string page)
    {
        var options = OptionCatalog.Nodes.Select(entry => entry.Path).ToList();

        OperatorPages.Options(OperatorPages.Text(page)).Where(named => !options.Exists(option => IsOrIsBelow(option, named))).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_lead_to_headings(string page) =>
        OperatorPages.Links(page).Where(link => !OperatorPages.Anchors(OperatorPages.Text(link.Page)).Contains(link.Anchor)).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Pages))]
    public void Exit_codes_exist(string page)
    {
        int[] known = [.. typeof(ExitCodes).GetFields().Select(field => (int)field.GetRawConstantValue()!), 3, 4, 5, 6, 7];

        OperatorPages.ExitCodes(OperatorPages.Text(page)).Except(known).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Commands_of_pbm_exist_with_their_options(string page) =>
        OperatorPages.PbmCommands(OperatorPages.Text(page)).Select(PbmWords.Fault).OfType<string>().ShouldBeEmpty();

    [Fact]
    public void A_command_that_is_not_there_is_found()
    {
        PbmWords.Fault(["cluster", "show", "--json"]).ShouldBeNull();
        PbmWords.Fault(["node", "show", "NODE"]).ShouldBeNull();
        PbmWords.Fault(["cluster"]).ShouldBeNull();
        PbmWords.Fault(["cluster", "shows"]).ShouldNotBeNull();
        PbmWords.Fault(["nodes"]).ShouldNotBeNull();
        PbmWords.Fault(["node", "show", "--forcefully"]).ShouldNotBeNull();
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Metrics_exist(string page)
    {
        var known = OperatorPages.Metrics(OperatorPages.Text("docs/metrics.md")).ToHashSet();

        OperatorPages.Metrics(OperatorPages.Text(page)).Except(known).ShouldBeEmpty();
    }

    /// <summary>Log lines, reasons and answers, as whoever searches for them has them before the eyes.</summary>
    [Fact]
    public void What_troubleshooting_of_several_nodes_quotes_is_said_by_the_programs()
    {
        string[] ofLibraries = ["Marking node(s) as UNREACHABLE", "Association with remote system", "Cannot determine the frame size"];
        var sources = string.Join('\n', RepositoryFiles.CSharp.Where(file => !file.Path.StartsWith("Realtime.Tests/", StringComparison.Ordinal)).Select(file => file.Text));
        var section = OperatorPages.Text("docs/troubleshooting.md").Split("## Several nodes")[1].Split("## Slow after a deploy")[0];

        var said = OperatorPages.Said(section).ToList();

        said.Count.ShouldBeGreaterThan(40);
        said.Where(piece => !sources.Contains(piece, StringComparison.Ordinal) && !ofLibraries.Any(line => line.Contains(piece, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    [Fact]
    public void Every_exit_code_of_pbm_is_in_troubleshooting()
    {
        var section = OperatorPages.Text("docs/troubleshooting.md").Split("## Operators cannot get in")[1];

        foreach (var code in typeof(PbmExitCodes).GetFields().Select(field => (int)field.GetRawConstantValue()!).Where(code => code > PbmExitCodes.Unexpected))
        {
            section.ShouldContain($"| {code} |");
        }
    }

    [Fact]
    public void Every_alarm_has_its_heading_and_every_heading_its_alarm()
    {
        var rules = YamlText.Documents(RepositoryFiles.Get("docs/monitoring/alerts.yaml").Text).Single();
        var alerts = KubeObject.ListOf(rules["groups"]).SelectMany(group => KubeObject.ListOf(group["rules"])).Where(rule => rule["alert"] is not null).ToList();

        OperatorPages.Alerts(OperatorPages.Text("docs/operations.md")).Order(StringComparer.Ordinal).ShouldBe(alerts.Select(alert => KubeObject.TextOf(alert["alert"])!).Order(StringComparer.Ordinal));
        foreach (var alert in alerts)
        {
            KubeObject.TextOf(KubeObject.At(alert, "annotations.runbook_url")).ShouldBe($"docs/operations.md#alert-{KubeObject.TextOf(alert["alert"])!.ToLowerInvariant()}");
        }
    }

    [Fact]
    public void Every_way_to_end_and_every_reason_of_the_server_s_to_close_or_refuse_is_in_troubleshooting()
    {
        var page = OperatorPages.Text("docs/troubleshooting.md");
        var codes = typeof(ExitCodes).GetFields().Select(field => $"\n| {field.GetRawConstantValue()} |");
        var closes = CloseRegistry.All.Where(entry => entry.Name is not ("normal" or "restart" or "drain" or "ended" or "kicked")).Select(entry => $"`{entry.Name}`");
        var errors = ErrorRegistry.All.Where(entry => entry.Name is not ("bad_request" or "unknown_type" or "not_subscribed" or "internal")).Select(entry => $"`{entry.Name}`");

        codes.Concat(closes).Concat(errors).Where(named => !page.Contains(named, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_reason_of_a_gap_is_in_troubleshooting()
    {
        var page = OperatorPages.Text("docs/troubleshooting.md");

        Enum.GetNames<GapReason>().Where(reason => !page.Contains($"| `{reason.ToLowerInvariant()}` |", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void The_time_that_a_drain_may_take_is_the_one_the_program_takes()
    {
        var settings = NodeConfiguration.Read(new ConfigurationManager()).Settings;

        OperatorPages.Text("docs/operations.md").ShouldContain(
            string.Create(CultureInfo.InvariantCulture, $"with the defaults {ConfigurationRules.LongestStop(settings).TotalSeconds} s."));
    }

    [Fact]
    public void Configuration_and_links_and_commands_are_found_in_a_text()
    {
        const string Text = "# A b, c\n`Realtime:Cluster:ClientUrl` and REALTIME__PORT=1 `x pbm node show a --json | jq`\n```\npbm log tail\n```\n[x](y.md#z) ends with exit code 12\n### Alert RealtimeX\n";

        OperatorPages.Options(Text).ShouldBe(["Realtime:Cluster:ClientUrl", "REALTIME:PORT"]);
        OperatorPages.PbmCommands(Text).Select(words => string.Join(' ', words)).ShouldBe(["log tail", "node show a --json"]);
        OperatorPages.Anchors(Text).ShouldBe(["a-b-c", "alert-realtimex"], ignoreOrder: true);
        OperatorPages.ExitCodes(Text).ShouldBe([12]);
        OperatorPages.Alerts(Text).ShouldBe(["RealtimeX"]);
    }

    /// <summary>An option, or the section it is in, names of namespaces aside.</summary>
    private static bool IsOrIsBelow(string option, string named)
    {
        var (left, right) = (option.Split(':'), named.Split(':'));
        return right.Length <= left.Length && right.Zip(left).All(pair => pair.Second == OptionCatalog.Name || string.Equals(pair.First, pair.Second, StringComparison.OrdinalIgnoreCase));
    }
}
