using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Routing;

/// <summary>Views of clusters whose shards are dealt out in turn.</summary>
internal static class Views
{
    public static NodeRow Node(int number, int load = 0, NodeStatus status = NodeStatus.Active, bool open = true, int capacity = 100) => new(
        new Incarnation(number),
        new NodeProfile(new NodeId($"n{number}"), default, "127.0.0.1:1", open ? $"ws://n{number}.test" : null, null, capacity, 1),
        status, 0, load);

    public static ClusterView Of(params NodeRow[] nodes) => Of(64, nodes);

    public static ClusterView Of(int shards, params NodeRow[] nodes) => ClusterView.Of(new ViewDelta(
        1, 1, shards, nodes, [.. Enumerable.Range(0, shards).Select(i => new ShardRow(new ShardId(i), 1, nodes[i % nodes.Length].Incarnation))]));

    /// <summary>Sessions whose entity lives there.</summary>
    public static IEnumerable<SessionId> SessionsOf(ClusterView view, NodeRow node) =>
        Enumerable.Range(1, int.MaxValue - 1).Select(i => new SessionId((UInt128)i * 0x9E3779B97F4A7C15))
            .Where(session => view.OwnerOf(view.ShardOf(EntityAddress.Of(session))) == node);
}
