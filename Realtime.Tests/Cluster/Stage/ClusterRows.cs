namespace Realtime.Tests.Cluster.Stage;

/// <summary>The cluster's rows as the database has them.</summary>
/// <param name="Nodes">Name and incarnation of those that are active.</param>
/// <param name="Owners">Per shard its epoch and owner.</param>
internal sealed record ClusterRows(IReadOnlyDictionary<string, long> Nodes, IReadOnlyDictionary<int, (long Epoch, long? Owner)> Owners)
{
    public IReadOnlyList<int> Unowned => [.. Owners.Where(shard => shard.Value.Owner is not { } owner || !Nodes.Values.Contains(owner)).Select(shard => shard.Key)];
}
