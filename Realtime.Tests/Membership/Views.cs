using System.Globalization;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Membership;

/// <summary>Views to try the pure parts on.</summary>
internal static class Views
{
    public static NodeProfile Profile(string name, int capacity = 100) => new(new NodeId(name), default, $"{name}:9000", null, null, capacity, 1);

    public static NodeRow Node(long incarnation, int capacity = 100, NodeStatus status = NodeStatus.Active) =>
        new(new Incarnation(incarnation), Profile(string.Create(CultureInfo.InvariantCulture, $"node-{incarnation}"), capacity), status, 0, 0);

    public static ClusterView Of(int shards, params NodeRow[] nodes) =>
        ClusterView.Of(new ViewDelta(1, 1, shards, [.. nodes.OrderBy(node => node.Incarnation)], []));

    public static ClusterView With(this ClusterView view, Func<ShardRow, ShardRow> change) => view.With([.. view.Shards.Select(change)]);

    /// <summary>The same shards and owners among other nodes.</summary>
    public static ClusterView With(this ClusterView view, params NodeRow[] nodes) =>
        view.With(new ViewDelta(view.Version + 1, view.StoreEpoch, view.ShardCount, [.. nodes.OrderBy(node => node.Incarnation)], []));
}
