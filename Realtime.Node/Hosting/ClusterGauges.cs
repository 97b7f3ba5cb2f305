using System.Diagnostics.Metrics;
using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Hosting;

/// <summary>What a member of a cluster sees of it, read when somebody asks.</summary>
internal static class ClusterGauges
{
    private static readonly NodeStatus[] Statuses = Enum.GetValues<NodeStatus>();
    private static readonly Standing[] Standings = Enum.GetValues<Standing>();

    public static void Register(Meter meter, ClusterEngine cluster)
    {
        meter.CreateObservableUpDownCounter("realtime.shards.owned", () => Owned(cluster), "{shard}", "Shards of this node, by its view.");
        meter.CreateObservableUpDownCounter(
            "realtime.shards.free", () => cluster.View.Shards.Count(row => row.Owner.IsNone), "{shard}", "Shards of nobody, by this node's view.");
        meter.CreateObservableUpDownCounter("realtime.shards", () => cluster.View.ShardCount, "{shard}", "Shards of the cluster.");
        meter.CreateObservableUpDownCounter("realtime.nodes", () => Nodes(cluster.View), "{node}", "Nodes in this node's view, by status.");
        meter.CreateObservableGauge("realtime.view.version", () => cluster.View.Version, "{version}", "Version of this node's view.");
        meter.CreateObservableGauge(
            "realtime.standing", () => Standings.Select(standing => Flag(cluster.Standing == standing, "standing", standing.ToString())), "{state}", "1 for what this node may do, 0 for the rest.");
        meter.CreateObservableGauge("realtime.link.up", () => cluster.Links.Select(link => Flag(link.Up, "peer", link.Peer.Name)), "{state}", "1 while the link to another node stands.");
        meter.CreateObservableUpDownCounter(
            "realtime.link.queue",
            () => cluster.Links.Select(link => new Measurement<long>(link.Queued, new KeyValuePair<string, object?>("peer", link.Peer.Name))),
            "By",
            "Bytes that wait to be sent to another node.");
    }

    private static int Owned(ClusterEngine cluster)
    {
        var view = cluster.View;
        return view.Find(cluster.Self) is { Incarnation: var self } ? view.Shards.Count(row => row.Owner == self) : 0;
    }

    private static IEnumerable<Measurement<int>> Nodes(ClusterView view) => Statuses.Select(status => new Measurement<int>(
        view.Nodes.Count(node => node.Status == status), new KeyValuePair<string, object?>("status", status.ToString().ToLowerInvariant())));

    private static Measurement<int> Flag(bool isSet, string label, string value) =>
        new(isSet ? 1 : 0, new KeyValuePair<string, object?>(label, label == "peer" ? value : value.ToLowerInvariant()));
}
