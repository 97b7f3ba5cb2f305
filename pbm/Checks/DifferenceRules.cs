namespace Realtime.Pbm.Checks;

/// <summary>What must, should and need not be the same on all nodes.</summary>
internal static class DifferenceRules
{
    private const string NotSet = "(not set)";

    /// <summary>Each node's own by nature: they say where it is.</summary>
    private static readonly string[] Own =
    [
        "Realtime:Node", "Realtime:Address", "Realtime:Port", "Realtime:Cluster:ClientUrl", "Realtime:Operator:Address", "Realtime:Operator:Port",
    ];

    /// <summary>What breaks when they differ. A prefix ends with a colon.</summary>
    private static readonly (string Name, Severity Severity, string Why)[] Known =
    [
        ("Realtime:Auth:", Severity.Fault, "the same token is good on one node and refused on another"),
        ("Realtime:Store", Severity.Warning, "nodes may be on different stores, or reach the same one in different ways"),
        ("Realtime:Namespaces:", Severity.Fault, "the rules of a channel change when its shard moves"),
        ("Realtime:Channels:", Severity.Warning, "the limits of a channel change when its shard moves"),
        ("Realtime:Sessions:", Severity.Warning, "the life of a session changes when its shard moves"),
        ("Realtime:Operator:Key", Severity.Warning, "the same key does not open every node"),
        ("Realtime:Operator:ViewKey", Severity.Warning, "the same key does not open every node"),
        ("Realtime:Origins", Severity.Warning, "the same page is let in here and refused there"),
        ("Realtime:MaxConnections", Severity.Note, "one node takes more clients than another"),
        ("Realtime:Log:", Severity.Note, "nodes write differently much"),
        ("Serilog", Severity.Note, "nodes write differently much"),
    ];

    public static IEnumerable<Finding> Find(IReadOnlyList<RunningNode> nodes)
    {
        if (nodes.Count < 2)
        {
            yield break;
        }

        if (Differing(nodes, node => node.Status.Live?.Version) is { } versions)
        {
            yield return new Finding(Severity.Warning, "version", "not all nodes run the same version: fine in the middle of a deploy, and only there", versions);
        }

        foreach (var name in nodes.SelectMany(node => node.Settings).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase))
        {
            if (!Own.Contains(name, StringComparer.OrdinalIgnoreCase) && Differing(nodes, node => node.Find(name)) is { } values)
            {
                var rule = Known.Where(rule => Covers(rule.Name, name)).Append((Name: name, Severity: Severity.Warning, Why: "nodes differ")).First();
                yield return new Finding(rule.Severity, name, rule.Why, values);
            }
        }
    }

    /// <summary>A list is written as one setting or as several below it.</summary>
    private static bool Covers(string rule, string setting) =>
        setting.StartsWith(rule, StringComparison.OrdinalIgnoreCase) && (rule.EndsWith(':') || setting.Length == rule.Length || setting[rule.Length] == ':');

    private static Dictionary<string, string>? Differing(IReadOnlyList<RunningNode> nodes, Func<RunningNode, string?> value) =>
        nodes.Select(value).Distinct(StringComparer.Ordinal).Count() > 1 ? nodes.ToDictionary(node => node.Name, node => value(node) ?? NotSet) : null;
}
