using Realtime.Messages.Operators;
using Realtime.Pbm.Output;

namespace Realtime.Pbm.Checks;

/// <summary>Combinations of settings, and of settings and load, that are known to end badly or to surprise.</summary>
internal static class CombinationRules
{
    /// <summary>Beyond this an addition of clients, or a wave of reconnects, finds no room.</summary>
    private const double Full = 0.9;

    public static IEnumerable<Finding> Find(ClusterStatus cluster, IReadOnlyList<RunningNode> nodes) =>
        [.. Store(cluster), .. nodes.SelectMany(Doors), .. ClientUrls(cluster, nodes), .. nodes.SelectMany(Times), .. Room(cluster, nodes)];

    private static IEnumerable<Finding> Store(ClusterStatus cluster)
    {
        if (!cluster.Store.Durable)
        {
            yield return new Finding(Severity.Warning, "Realtime:Store", $"{cluster.Store.Description} keeps nothing over a restart");
        }
    }

    private static IEnumerable<Finding> Doors(RunningNode node)
    {
        if (node.Public("Realtime:Operator:Address") && !node.Has("Realtime:Operator:Key"))
        {
            yield return new Finding(Severity.Fault, "Realtime:Operator:Key", $"{node.Name} lets operators in from other machines without a key");
        }

        if (node.Public("Realtime:Operator:Address") && node.Find("Realtime:Operator:OpenMetrics") is "True" or "true")
        {
            yield return new Finding(Severity.Note, "Realtime:Operator:OpenMetrics", $"{node.Name} shows its metrics to everybody who reaches it");
        }

        if (node.Has("Realtime:Auth:DevelopmentKey"))
        {
            yield return new Finding(Severity.Warning, "Realtime:Auth:DevelopmentKey", $"{node.Name} trusts tokens of the development key: whoever knows it can be anybody");
        }
        else if (node.Public("Realtime:Address"))
        {
            yield return new Finding(Severity.Note, "Realtime:Auth", $"{node.Name} checks no tokens: every client is anonymous");
        }
    }

    private static IEnumerable<Finding> ClientUrls(ClusterStatus cluster, IReadOnlyList<RunningNode> nodes)
    {
        var without = nodes.Where(node => node.Status.ClientUrl is null).Select(node => node.Name).ToList();
        if (!cluster.Clustered || without.Count == 0)
        {
            yield break;
        }

        yield return without.Count == nodes.Count
            ? new Finding(Severity.Note, "Realtime:Cluster:ClientUrl", "relay mode: no node has one, so clients stay where the load balancer brought them, and drains cut their connections instead of moving them")
            : new Finding(Severity.Warning, "Realtime:Cluster:ClientUrl", $"{string.Join(", ", without)} cannot be chosen by clients, the others can: clients of {(without.Count == 1 ? "it" : "them")} are relayed for ever");
    }

    private static IEnumerable<Finding> Times(RunningNode node)
    {
        if (node.Duration("Realtime:Sessions:OrphanGrace") is { } grace && node.Duration("Realtime:Connections:CrashWindow") is { } window && grace < window)
        {
            yield return new Finding(
                Severity.Warning, "Realtime:Sessions:OrphanGrace", $"on {node.Name} sessions are given up after {Words.Duration(grace)}, while their clients come back over {Words.Duration(window)}: others see them leave and join");
        }
    }

    private static IEnumerable<Finding> Room(ClusterStatus cluster, IReadOnlyList<RunningNode> nodes)
    {
        var active = cluster.Nodes.Where(node => node.Status == "active").ToList();
        foreach (var node in active.Where(node => node.Connections > node.Capacity * Full))
        {
            yield return new Finding(Severity.Warning, "Realtime:MaxConnections", $"{node.Name} holds {Words.Number((long)node.Connections)} of {Words.Number((long)node.Capacity)} connections");
        }

        var all = active.Sum(node => (long)node.Connections);
        if (active.Count > 1 && nodes.Count > 1 && all > active.Sum(node => (long)node.Capacity) - active.Max(node => (long)node.Capacity))
        {
            yield return new Finding(Severity.Warning, "Realtime:MaxConnections", $"without its largest node the cluster is too small for its {Words.Count(all, "connection")}: no deploy and no loss without refusals");
        }
    }
}
