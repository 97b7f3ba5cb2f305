using Microsoft.Extensions.Logging;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Links;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Telemetry.Metrics;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>
/// The engine of many nodes: shards are owned by rows in the store, entities live where their shard is owned, messages are routed there over
/// links. Knows nothing of what entities do.
/// </summary>
public sealed class ClusterEngine : ICluster, IClusterSteering, IMembershipListener, ILinkReceiver, IAsyncDisposable
{
    private static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(1);

    private readonly EngineServices _node;
    private readonly ShardMap _shards;
    private readonly Staging _staging = new();
    private readonly Holds _holds = new();
    private readonly Peers _peers = new();
    private readonly Inquiries _inquiries;
    private readonly OwnerNews _news;
    private readonly Dictionary<EntityKind, IEntityKind> _kinds = [];
    private readonly TimeProvider _time;
    private readonly ClusterPace _pace;
    private readonly ILogger _logger;
    private readonly Func<int> _connections;
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IMembership? _membership;
    private ILinks? _links;
    private HandOffs? _handOffs;
    private Rebalancing? _rebalancing;
    private FrameDispatch? _dispatch;
    private Steering? _steering;
    private INodeReceiver? _receiver;
    private ITimer? _ticker;
    private bool _wasOut;

    /// <param name="connections">How many sockets this node holds: told to peers.</param>
    public ClusterEngine(
        NodeId self, int shards, ClusterPace pace, TimeProvider time, ILogger<ClusterEngine> logger, Func<int> connections)
    {
        Self = self;
        _time = time;
        _pace = pace;
        _logger = logger;
        _connections = connections;
        View = ClusterView.Of(new ViewDelta(0, 0, shards, [], []));
        _node = new EngineServices(this, shards, _kinds, time, logger);
        _shards = new ShardMap(shards, _node, _staging);
        _news = new OwnerNews(_shards, change => OwnersChanged?.Invoke(change), adopted => ShardsAdopted?.Invoke(adopted));
        _inquiries = new Inquiries(this, _peers, time, logger);
    }

    public event Action<OwnersChange>? OwnersChanged;

    public event Action<Standing>? StandingChanged;

    public event Action<ViewChange>? ViewChanged;

    public event Action<NodeId, bool>? LinkChanged;

    /// <summary>Shards that are this node's now and that nobody handed to it: their last owner is gone, with everything that was not in the store.</summary>
    public event Action<IReadOnlyCollection<ShardId>>? ShardsAdopted;

    /// <summary>This node cannot be a member any more: its process has to end.</summary>
    public event Action<Exception>? Failed;

    public NodeId Self { get; }

    public MemberFigures Figures { get; init; } = new();

    public ClusterView View { get; private set => Volatile.Write(ref field, value); }

    public Standing Standing => _membership?.Standing ?? Standing.Out;

    public void Register(IEntityKind kind) => _kinds.Add(kind.Kind, kind);

    public void Register(INodeReceiver receiver) => _receiver = receiver;

    public void Register(IInquiryReceiver receiver) => _inquiries.Receiver = receiver;

    /// <summary>Names the two things this stands on. Before the node joins.</summary>
    public void Use(IMembership membership, ILinks links, MembershipTimers timers)
    {
        _membership = membership;
        _links = links;
        _handOffs = new HandOffs(_node, membership, shard => _shards[shard], _time, _logger, Figures);
        _rebalancing = new Rebalancing(membership, _handOffs, _holds, timers, _pace, _time, _logger);
        _steering = new Steering(Self, _shards, membership, links, _handOffs, _rebalancing, _holds);
        _dispatch = new FrameDispatch(
            _node, _shards, _staging, _holds, _peers, _inquiries, _handOffs, membership, links, message => _receiver?.OnNodeMessage(message));

        // Peers weigh what this node says of its heartbeats by its age.
        var every = timers.Heartbeat / 3 < LongestTick ? timers.Heartbeat / 3 : LongestTick;
        _ticker = _time.CreateTimer(static engine => ((ClusterEngine)engine!).Tick(), this, every, every);
    }

    /// <summary>Completes when this node is a member.</summary>
    public Task JoinedAsync(CancellationToken cancellation) => _joined.Task.WaitAsync(cancellation);

    public bool Owns(EntityAddress address) => _shards.Of(address).IsHere;

    public void Tell(EntityAddress to, EntityMessage message) => Route(to, message, default);

    public void Ask(EntityAddress to, EntityMessage message, IReplyReceiver receiver, long tag) => Route(to, message, new ReplyTo(receiver, tag));

    public void TellNode(NodeId node, NodeMessage message)
    {
        if (node == Self)
        {
            _receiver?.OnNodeMessage(message);
        }
        else if (View.Find(node) is { } row)
        {
            _links?.Send(row.Incarnation, new LinkFrame.News(message));
        }
    }

    public Task<ReadOnlyMemory<byte>> InquireAsync(NodeId node, ReadOnlyMemory<byte> question, CancellationToken cancellation) =>
        _inquiries.AskAsync(node, question, cancellation);

    public async Task DrainAsync(CancellationToken cancellation)
    {
        _steering!.BeginLeave();
        await _membership!.DrainAsync(cancellation).ConfigureAwait(false);
        await _rebalancing!.EmptyAsync(cancellation).ConfigureAwait(false);
    }

    public async Task LeaveAsync(CancellationToken cancellation)
    {
        _steering!.BeginLeave();
        await _rebalancing!.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_shards.All.Select(shard => shard.LeaveAsync())).WaitAsync(cancellation).ConfigureAwait(false);
        await _membership!.LeaveAsync(cancellation).ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Does nothing more on its own; entities stay as they are.</summary>
    public async ValueTask DisposeAsync()
    {
        _inquiries.Dispose();
        if (_rebalancing is { } rebalancing && _ticker is { } ticker)
        {
            await ticker.DisposeAsync().ConfigureAwait(false);
            await rebalancing.DisposeAsync().ConfigureAwait(false);
        }
    }

    public IReadOnlyList<ShardMoving> Moves => _handOffs!.Moves;

    public IReadOnlySet<ShardId> Held => _rebalancing!.Held;

    public TimeSpan? PausedFor => _rebalancing!.PausedFor;

    public IReadOnlyList<PeerLinkState> Links => _steering?.Links ?? [];

    public IReadOnlyList<PlannedMove> Planned(int limit) => _rebalancing!.Planned(Self, limit);

    public NodeId? PlannedOwner(ShardId shard) => _steering!.PlannedOwner(shard);

    public Task<SteeringResult> MoveAsync(ShardId shard, NodeId to, CancellationToken cancellation) => _steering!.MoveAsync(shard, to, cancellation);

    public SteeringResult RebalanceNow() => _steering!.RebalanceNow();

    public SteeringResult PauseMoves(TimeSpan time) => _steering!.PauseMoves(time);

    public SteeringResult ResumeMoves() => _steering!.ResumeMoves();

    Task<SteeringResult> IClusterSteering.DrainAsync(CancellationToken cancellation) => _steering!.DrainAsync(cancellation);

    public Task<bool> EmptiedAsync(CancellationToken cancellation) => _rebalancing!.EmptyAsync(cancellation);

    public Task<SteeringResult> UndrainAsync(CancellationToken cancellation) => _steering!.UndrainAsync(cancellation);

    public Task<SteeringResult> EvictAsync(NodeId node, bool force, CancellationToken cancellation) => _steering!.EvictAsync(node, force, cancellation);

    public int Resident(EntityKind kind) => Residents(kind).Count();

    public (int Sessions, int Channels) ResidentOf(ShardId shard) => _shards.ResidentOf(shard);

    public IEnumerable<EntityAddress> Residents(EntityKind kind) => _shards.All.SelectMany(shard => shard.Residents).Where(entity => entity.Kind == kind);

    public void OnJoined(Incarnation self, ClusterView view)
    {
        var before = View;
        _node.Become(self);
        View = view;
        _links!.Follow(self, view.Nodes);
        _news.Apply(view, view.Shards, before: null);
        _joined.TrySetResult();
        _rebalancing!.Wake();
        ViewChanged?.Invoke(new ViewChange(before, view, view.Shards.Select(row => row.Shard).ToHashSet()));
    }

    public void OnView(ViewChange change)
    {
        View = change.After;
        _links!.Follow(_node.Self, change.After.Nodes);
        if (change.Shards.Any(shard => change.After[shard].Owner == _node.Self || change.Before[shard].Owner == _node.Self))
        {
            // Whoever has a part in a change says so: the others would learn of it only with their next heartbeat.
            SendToAll(new LinkFrame.ViewChanged(change.After.Version));
        }

        _news.Apply(change.After, change.Shards.Select(shard => change.After[shard]), change.Before);
        _rebalancing!.Saw(change);
        ViewChanged?.Invoke(change);
    }

    public void OnStanding(Standing standing)
    {
        var mine = View.Shards.Where(row => row.Owner == _node.Self).Select(row => row.Shard).ToHashSet();
        _shards.LookAtAll();
        StandingChanged?.Invoke(standing);
        var wasOut = _wasOut;
        _wasOut = standing is Standing.Out || (_wasOut && standing is not Standing.Sure);
        if (wasOut && standing is Standing.Sure)
        {
            _news.AdoptAgain(View, mine);
        }

        _rebalancing!.Wake();
    }

    public void OnDead(Incarnation self)
    {
        _node.Become(default);
        _shards.LookAtAll();
    }

    public void OnFailed(Exception cause)
    {
        _joined.TrySetException(cause);
        Failed?.Invoke(cause);
    }

    public void OnFrame(Incarnation from, LinkFrame frame) => _dispatch!.Take(from, frame, View);

    public void OnUp(Incarnation peer)
    {
        _shards.LookAtAll();
        _links!.Send(peer, Status());
        _rebalancing!.Wake();
        if (_peers.Up(peer, View) is { } name)
        {
            LinkChanged?.Invoke(name, true);
        }
    }

    public void OnReset(Incarnation peer)
    {
        _staging.Forget(peer);
        _handOffs!.Reset(peer);
        _shards.Reset(peer);
        _inquiries.Reset(peer);
        _news.Announce(View, View.Shards.Where(row => row.Owner == peer).Select(row => row.Shard).ToHashSet(), []);
        if (_peers.Reset(peer) is { } name)
        {
            LinkChanged?.Invoke(name, false);
        }
    }

    internal bool IsUp(Incarnation peer) => _links?.IsUp(peer) ?? false;

    internal bool Send(Incarnation peer, LinkFrame frame) => _links?.Send(peer, frame) ?? false;

    internal void Doubt(ShardFence right) => _shards[right.Shard].Doubt(right);

    internal void Refresh() => _membership?.Refresh(View.Version + 1);

    public void OnStranger(Incarnation peer) => Refresh();

    private void Route(EntityAddress to, EntityMessage message, ReplyTo from) => _shards.Of(to).Route(to, message, from);

    private void Tick()
    {
        _shards.Tick();
        SendToAll(Status());
        _rebalancing!.Wake();
    }

    private LinkFrame.Status Status() => new(_membership!.Commits, _connections(), Answers: true);

    private void SendToAll(LinkFrame frame)
    {
        foreach (var node in View.Nodes)
        {
            if (node.Incarnation != _node.Self)
            {
                _links!.Send(node.Incarnation, frame);
            }
        }
    }
}
