using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>A single move that somebody asked for, until its turn comes.</summary>
/// <param name="Obstacle">Asked again when it is its turn: much may have changed. Null: nothing stands in the way.</param>
internal sealed record Errand(ShardId Shard, Incarnation To, NodeId Name, Func<SteeringResult?> Obstacle, CancellationToken Cancellation)
{
    public TaskCompletionSource<SteeringResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
