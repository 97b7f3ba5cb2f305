using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Support;

/// <summary>Views of clusters that no store knows.</summary>
internal static class OneOwner
{
    /// <summary>The first node owns everything.</summary>
    public static ClusterView Of(int shards, params (string Name, long Incarnation)[] nodes) => ClusterView.Of(new ViewDelta(
        1, 1, shards,
        [.. nodes.Select(node => new NodeRow(
            new Incarnation(node.Incarnation), new NodeProfile(new NodeId(node.Name), default, "", null, null, 1, 1), NodeStatus.Active, 0, 0))],
        [.. Enumerable.Range(0, shards).Select(shard => new ShardRow(new ShardId(shard), 1, new Incarnation(nodes[0].Incarnation)))]));
}
