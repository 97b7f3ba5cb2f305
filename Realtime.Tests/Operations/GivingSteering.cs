using Realtime.Cluster.Membership;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Operations;

/// <summary>Steering that agrees to every drain, and whose shards are gone when the test says so.</summary>
internal sealed class GivingSteering : IClusterSteering
{
    public TaskCompletionSource<bool> Emptied { get; private set; } = new();

    public event Action<ViewChange>? ViewChanged
    {
        add { }
        remove { }
    }

    public event Action<NodeId, bool>? LinkChanged
    {
        add { }
        remove { }
    }

    public Standing Standing => Standing.Sure;

    public IReadOnlyList<ShardMoving> Moves => [];

    public IReadOnlySet<ShardId> Held => new HashSet<ShardId>();

    public TimeSpan? PausedFor => null;

    public IReadOnlyList<PeerLinkState> Links => [];

    public IReadOnlyList<PlannedMove> Planned(int limit) => [];

    public NodeId? PlannedOwner(ShardId shard) => null;

    public Task<SteeringResult> MoveAsync(ShardId shard, NodeId to, CancellationToken cancellation) => throw new NotSupportedException();

    public SteeringResult RebalanceNow() => throw new NotSupportedException();

    public SteeringResult PauseMoves(TimeSpan time) => throw new NotSupportedException();

    public SteeringResult ResumeMoves() => throw new NotSupportedException();

    public Task<SteeringResult> DrainAsync(CancellationToken cancellation)
    {
        Emptied = new TaskCompletionSource<bool>();
        return Task.FromResult(SteeringResult.Done("begun"));
    }

    public Task<bool> EmptiedAsync(CancellationToken cancellation) => Emptied.Task;

    public Task<SteeringResult> UndrainAsync(CancellationToken cancellation)
    {
        Emptied.TrySetResult(false);
        return Task.FromResult(SteeringResult.Done("taken back"));
    }

    public Task<SteeringResult> EvictAsync(NodeId node, bool force, CancellationToken cancellation) => throw new NotSupportedException();

    public int Resident(EntityKind kind) => 0;

    public (int Sessions, int Channels) ResidentOf(ShardId shard) => (0, 0);

    public IEnumerable<EntityAddress> Residents(EntityKind kind) => [];
}
