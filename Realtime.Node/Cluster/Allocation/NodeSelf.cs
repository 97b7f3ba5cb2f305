using Realtime.Messages.Ids;

namespace Realtime.Node.Cluster.Allocation;

/// <summary>What a node tells the others of itself.</summary>
/// <param name="ClientUrl">Where clients reach this very node; null: they cannot choose it.</param>
/// <param name="Capacity">Sessions it is meant to hold; its share of the shards follows from it. 0: a lighthouse.</param>
public sealed record NodeSelf(NodeId Node, Incarnation Incarnation, string Version, string? ClientUrl, int Capacity, INodeLoad Load)
{
    internal bool HoldsShards => Capacity > 0;
}
