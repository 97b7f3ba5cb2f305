namespace Realtime.Node.Cluster.Core;

/// <summary>Everything that the allocation of one kind would do by what it knows now, if nothing changed any more.</summary>
/// <param name="Transfers">Those that are under way, and those that follow.</param>
/// <param name="Unreachable">Keys of the nodes that keep the others waiting.</param>
internal sealed record AllocationPlan(AllocationObstacle Obstacle, IReadOnlyList<ShardTransfer> Transfers, IReadOnlyList<string> Unreachable);
