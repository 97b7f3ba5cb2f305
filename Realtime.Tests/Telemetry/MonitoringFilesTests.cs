using System.Text.Json;
using System.Text.RegularExpressions;
using Realtime.Node.Telemetry.Prometheus;
using Realtime.Tests.Architecture;
using YamlDotNet.RepresentationModel;

namespace Realtime.Tests.Telemetry;

/// <summary>docs/monitoring and docs/metrics.md against what a node of a cluster exports: a name that nobody exports is an alarm that never comes.</summary>
public sealed partial class MonitoringFilesTests
{
    /// <summary>Functions, keywords and labels of PromQL that look like names of metrics.</summary>
    private static readonly HashSet<string> Words =
    [
        "sum", "max", "min", "count", "by", "without", "rate", "increase", "resets", "histogram_quantile", "vector", "or", "and", "unless", "on", "ignoring",
        "label_values", "clamp_min", "avg", "changes", "min_over_time",
    ];

    [Fact]
    public async Task Every_metric_that_an_alert_names_is_exported()
    {
        var exported = await ExportedAsync();
        var rules = Rules();
        var recorded = rules.Where(rule => rule.ContainsKey("record")).Select(rule => rule["record"]).ToList();

        rules.Count.ShouldBeGreaterThan(20, "the rules were not found");
        foreach (var rule in rules)
        {
            var names = NamesIn(rule["expr"]).ToList();
            names.ShouldNotBeEmpty(rule["expr"]);
            names.Except(exported).Except(recorded).ShouldBeEmpty(rule["expr"]);
        }
    }

    [Fact]
    public void Every_alert_says_what_it_means_and_where_to_read_on()
    {
        var alerts = Rules().Where(rule => rule.ContainsKey("alert")).ToList();

        alerts.Select(alert => alert["alert"]).ShouldBeUnique();
        foreach (var alert in alerts)
        {
            alert["runbook_url"].ShouldBe("docs/operations.md#alert-" + alert["alert"].ToLowerInvariant());
            alert["summary"].ShouldNotBeNullOrWhiteSpace();
            alert["description"].ShouldEndWith(".");
            alert["severity"].ShouldBeOneOf("critical", "warning");
        }
    }

    [Fact]
    public async Task Every_metric_that_the_dashboard_names_is_exported()
    {
        var exported = await ExportedAsync();
        using var dashboard = JsonDocument.Parse(RepositoryFiles.Get("docs/monitoring/grafana-dashboard.json").Text);
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();
        var queries = panels.Where(panel => panel.TryGetProperty("targets", out _))
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray().Select(target => target.GetProperty("expr").GetString()!)).ToList();

        panels.Select(panel => panel.GetProperty("id").GetInt32()).ShouldBeUnique();
        queries.Count.ShouldBeGreaterThan(40, "the queries were not found");
        foreach (var query in queries)
        {
            var names = NamesIn(query).ToList();
            names.ShouldNotBeEmpty(query);
            names.Except(exported).ShouldBeEmpty(query);
        }
    }

    [Fact]
    public async Task The_page_lists_every_metric_of_the_node_and_no_other()
    {
        await using var node = await MeteredNode.StartAsync();
        var listed = Row().Matches(RepositoryFiles.Get("docs/metrics.md").Text).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal);

        listed.ShouldBe(node.Exporter.Families.Select(family => family.Source).Where(name => name.StartsWith("realtime.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Names_are_found_in_a_query() =>
        NamesIn("""sum by (a, le) (rate(x_total{job="y", z=~"q_total|r"}[5m])) / (w:by_z{instance=~"$node"} > 100) or vector(0)""").ShouldBe(["x_total", "w:by_z"]);

    private static async Task<HashSet<string>> ExportedAsync()
    {
        await using var node = await MeteredNode.StartAsync();
        return
        [
            "up",
            .. node.Exporter.Families.SelectMany(family => family.Kind switch
            {
                MetricKind.Counter => [family.Name + "_total"],
                MetricKind.Histogram => [family.Name + "_bucket", family.Name + "_sum", family.Name + "_count"],
                _ => (IEnumerable<string>)[family.Name],
            }),
        ];
    }

    /// <summary>The texts of every rule, those of its labels and annotations among them.</summary>
    private static List<Dictionary<string, string>> Rules()
    {
        var file = new YamlStream();
        file.Load(new StringReader(RepositoryFiles.Get("docs/monitoring/alerts.yaml").Text));
        var groups = (YamlSequenceNode)file.Documents[0].RootNode["groups"];
        return [.. groups.SelectMany(group => (YamlSequenceNode)group["rules"]).Select(rule => TextsOf((YamlMappingNode)rule).ToDictionary())];
    }

    private static IEnumerable<KeyValuePair<string, string>> TextsOf(YamlMappingNode node) => node.Children.SelectMany(child => child.Value switch
    {
        YamlMappingNode nested => TextsOf(nested),
        YamlScalarNode text => [KeyValuePair.Create(((YamlScalarNode)child.Key).Value!, text.Value!)],
        _ => throw new InvalidDataException($"a rule has a list at {child.Key}"),
    });

    /// <summary>What is left when texts, selectors, ranges and groupings are taken out.</summary>
    private static IEnumerable<string> NamesIn(string query) =>
        Name().Matches(NoName().Replace(query, " ")).Select(match => match.Value).Where(word => !Words.Contains(word)).Distinct();

    [GeneratedRegex("""\{[^}]*\}|\[[^\]]*\]|"[^"]*"|\b(by|without|on|ignoring)\s*\([^)]*\)|,\s*instance\)""")]
    private static partial Regex NoName();

    [GeneratedRegex(@"(?<![\w.])[a-z_][a-z0-9_:]*")]
    private static partial Regex Name();

    [GeneratedRegex(@"^\| `(realtime\.[\w.]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
