using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>The engine of a single node: one region that owns every shard.</summary>
public sealed class LocalCluster : ICluster, IClusterSteering, IEntityHost
{
    private readonly Dictionary<EntityKind, IEntityKind> _kinds = [];
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EntityRegion _region;
    private readonly ILogger _logger;
    private INodeReceiver? _receiver;
    private IInquiryReceiver? _answers;

    public LocalCluster(NodeId self, ILogger<LocalCluster> logger)
    {
        Self = self;
        View = ClusterView.Alone(self);
        _logger = logger;
        _region = new EntityRegion(_kinds, this, Emptied);
    }

    public NodeId Self { get; }

    /// <summary>One node, one shard.</summary>
    public ClusterView View { get; }

    /// <summary>There is no lease to lose.</summary>
    public Standing Standing => Standing.Sure;

    /// <summary>Null: nobody else writes to the store.</summary>
    public ShardFence? Fence => null;

    /// <summary>Never raised: a single node owns everything for ever.</summary>
    public event Action<OwnersChange>? OwnersChanged
    {
        add { }
        remove { }
    }

    /// <summary>Never raised.</summary>
    public event Action<Standing>? StandingChanged
    {
        add { }
        remove { }
    }

    /// <summary>Never raised.</summary>
    public event Action<ViewChange>? ViewChanged
    {
        add { }
        remove { }
    }

    /// <summary>Never raised.</summary>
    public event Action<NodeId, bool>? LinkChanged
    {
        add { }
        remove { }
    }

    public IReadOnlyList<ShardMoving> Moves => [];

    public IReadOnlySet<ShardId> Held => FrozenSet<ShardId>.Empty;

    public TimeSpan? PausedFor => null;

    public IReadOnlyList<PeerLinkState> Links => [];

    /// <summary>How many entities are in memory.</summary>
    public int Count => _region.Count;

    public void Register(IEntityKind kind) => _kinds.Add(kind.Kind, kind);

    public void Register(INodeReceiver receiver) => _receiver = receiver;

    public void Register(IInquiryReceiver receiver) => _answers = receiver;

    public bool Owns(EntityAddress address) => true;

    public bool IsMember(NodeId node) => node == Self;

    /// <summary>There is nobody to give anything to.</summary>
    public Task DrainAsync(CancellationToken cancellation) => Task.CompletedTask;

    public void Tell(EntityAddress to, EntityMessage message) => Route(to, new EntityInput(message));

    public void Ask(EntityAddress to, EntityMessage message, IReplyReceiver receiver, long tag) =>
        Route(to, new EntityInput(message, new ReplyTo(receiver, tag)));

    public void TellNode(NodeId node, NodeMessage message)
    {
        if (node == Self)
        {
            _receiver?.OnNodeMessage(message);
        }
    }

    public Task<ReadOnlyMemory<byte>> InquireAsync(NodeId node, ReadOnlyMemory<byte> question, CancellationToken cancellation) =>
        node != Self ? throw new NodeUnreachableException(node, "this node is not in a cluster")
            : _answers is { } answers ? answers.AnswerAsync(Self, question, cancellation)
            : throw new InquiryRefusedException($"Node {Self} has no answer: it answers no inquiries.");

    public IReadOnlyList<PlannedMove> Planned(int limit) => [];

    public NodeId? PlannedOwner(ShardId shard) => shard.Value == 0 ? Self : null;

    public Task<SteeringResult> MoveAsync(ShardId shard, NodeId to, CancellationToken cancellation) => Task.FromResult(
        shard.Value != 0 ? SteeringResult.Unknown($"There is no shard {shard.Value}: a single node has one, number 0.")
        : to == Self ? SteeringResult.Refused($"Shard {shard.Value} is on {Self} already.")
        : SteeringResult.Unknown(Alone($"there is no node {to}")));

    public SteeringResult RebalanceNow() => SteeringResult.Refused(Alone("there is nothing to rebalance"));

    public SteeringResult PauseMoves(TimeSpan time) => SteeringResult.Refused(Alone("nothing moves"));

    public SteeringResult ResumeMoves() => SteeringResult.Refused(Alone("nothing moves"));

    Task<SteeringResult> IClusterSteering.DrainAsync(CancellationToken cancellation) =>
        Task.FromResult(SteeringResult.Refused(Alone("nobody could take its shards")));

    public Task<bool> EmptiedAsync(CancellationToken cancellation) => Task.FromResult(true);

    public Task<SteeringResult> UndrainAsync(CancellationToken cancellation) =>
        Task.FromResult(SteeringResult.Refused(Alone("it cannot be drained")));

    public Task<SteeringResult> EvictAsync(NodeId node, bool force, CancellationToken cancellation) => Task.FromResult(node == Self
        ? SteeringResult.Refused(Alone("nobody else could declare it dead"))
        : SteeringResult.Unknown(Alone($"there is no node {node}")));

    public int Resident(EntityKind kind) => Residents(kind).Count();

    public (int Sessions, int Channels) ResidentOf(ShardId shard) =>
        shard.Value == 0 ? (Resident(EntityKind.Session), Resident(EntityKind.Channel)) : (0, 0);

    public IEnumerable<EntityAddress> Residents(EntityKind kind) => _region.Addresses.Where(entity => entity.Kind == kind);

    public void Released(
        EntityAddress address, Entity entity, IReadOnlyList<EntityInput> undelivered, Exception? failure, ReadOnlyMemory<byte>? export)
    {
        if (failure is not null)
        {
            ShardingLog.EntityFailed(_logger, failure, address.Kind);
        }

        _region.Released(address, entity, undelivered, export);
    }

    public async Task LeaveAsync(CancellationToken cancellation)
    {
        _region.Close(Entity.Leave.Instance);
        await _empty.Task.WaitAsync(cancellation);
    }

    private void Route(EntityAddress to, EntityInput input)
    {
        if (!_region.TryDeliver(to, input))
        {
            Refuse(input);
        }
    }

    private void Emptied(RegionRemains remains)
    {
        foreach (var (_, input) in remains.Unhandled)
        {
            Refuse(input);
        }

        _empty.TrySetResult();
    }

    private string Alone(string soWhat) => $"Node {Self} is not in a cluster: {soWhat}.";

    private static void Refuse(EntityInput input) =>
        input.ReplyTo.Send(new EntityReply.Refused(ErrorCode.Unavailable, "the node is stopping", 1000));
}
