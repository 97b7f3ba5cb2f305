namespace Realtime.Lighthouse;

/// <summary>The body of <c>GET /v1/cluster</c>; its fields are documented in the README.</summary>
internal sealed record ClusterReport(
    long? Version, long? StoreEpoch, long? AgeMs, ClusterReport.StoreState Store, IReadOnlyList<ClusterReport.NodeState> Nodes, ClusterReport.ShardCounts Shards)
{
    internal sealed record StoreState(string Description, bool Reachable, DateTimeOffset? Since, string? Fault);

    internal sealed record NodeState(
        string Name,
        long Incarnation,
        string Status,
        string PeerAddress,
        string? ClientUrl,
        string? Zone,
        int Capacity,
        int Load,
        long Heartbeat,
        int Shards);

    internal sealed record ShardCounts(int Total, int Free);

    public static ClusterReport Of(Sighting? seen, StoreTrouble? trouble, string store, TimeProvider time)
    {
        var state = new StoreState(store, trouble is null, trouble?.Since, trouble?.Fault);
        if (seen is null)
        {
            return new ClusterReport(null, null, null, state, [], new ShardCounts(0, 0));
        }

        var view = seen.View;
        var owned = view.Shards.CountBy(shard => shard.Owner).ToDictionary();
        List<NodeState> nodes =
        [
            .. view.Nodes.Select(node => new NodeState(
                node.Profile.Name.Name,
                node.Incarnation.Value,
                node.Status.ToString().ToLowerInvariant(),
                node.Profile.PeerAddress,
                node.Profile.ClientUrl,
                node.Profile.Zone,
                node.Profile.Capacity,
                node.Load,
                node.Heartbeat,
                owned.GetValueOrDefault(node.Incarnation))),
        ];
        return new ClusterReport(
            view.Version,
            view.StoreEpoch,
            (long)time.GetElapsedTime(seen.SeenAt).TotalMilliseconds,
            state,
            nodes,
            new ShardCounts(view.ShardCount, view.ShardCount - nodes.Sum(node => node.Shards)));
    }
}
