using Microsoft.Extensions.Logging;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Links;
using Realtime.Cluster.Membership;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>
/// The engine of many nodes: shards are owned by rows in the store, entities live where their shard is owned, messages are routed there over
/// links. Knows nothing of what entities do.
/// </summary>
public sealed class ClusterEngine : ICluster, IMembershipListener, ILinkReceiver, IAsyncDisposable
{
    private static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(1);

    private readonly EngineServices _node;
    private readonly ShardMap _shards;
    private readonly Staging _staging = new();
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
    }

    public event Action<OwnersChange>? OwnersChanged;

    public event Action<Standing>? StandingChanged;

    /// <summary>Shards that are this node's now and that nobody handed to it: their last owner is gone, with everything that was not in the store.</summary>
    public event Action<IReadOnlyCollection<ShardId>>? ShardsAdopted;

    /// <summary>This node cannot be a member any more: its process has to end.</summary>
    public event Action<Exception>? Failed;

    public NodeId Self { get; }

    public ClusterView View { get; private set => Volatile.Write(ref field, value); }

    public Standing Standing => _membership?.Standing ?? Standing.Out;

    public void Register(IEntityKind kind) => _kinds.Add(kind.Kind, kind);

    public void Register(INodeReceiver receiver) => _receiver = receiver;

    /// <summary>Names the two things this stands on. Before the node joins.</summary>
    public void Use(IMembership membership, ILinks links, MembershipTimers timers)
    {
        _membership = membership;
        _links = links;
        _handOffs = new HandOffs(_node, membership, shard => _shards[shard], _time, _logger);
        _rebalancing = new Rebalancing(membership, _handOffs, timers, _pace, _time, _logger);

        // Peers weigh what this node says of its heartbeats by its age.
        var every = timers.Heartbeat / 3 < LongestTick ? timers.Heartbeat / 3 : LongestTick;
        _ticker = _time.CreateTimer(static engine => ((ClusterEngine)engine!).Tick(), this, every, every);
    }

    /// <summary>Completes when this node is a member.</summary>
    public Task JoinedAsync(CancellationToken cancellation) => _joined.Task.WaitAsync(cancellation);

    public bool Owns(EntityAddress address) => _shards.Of(address).IsHere;

    public void Tell(EntityAddress to, EntityMessage message) => Route(to, message, default);

    public void Ask(EntityAddress to, EntityMessage message, IReplyReceiver receiver, long tag) =>
        Route(to, message, new ReplyTo(receiver, tag));

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

    public async Task DrainAsync(CancellationToken cancellation)
    {
        await _membership!.DrainAsync(cancellation).ConfigureAwait(false);
        await _rebalancing!.EmptyAsync(cancellation).ConfigureAwait(false);
    }

    public async Task LeaveAsync(CancellationToken cancellation)
    {
        await _rebalancing!.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_shards.All.Select(shard => shard.LeaveAsync())).WaitAsync(cancellation).ConfigureAwait(false);
        await _membership!.LeaveAsync(cancellation).ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Does nothing more on its own; entities stay as they are.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_rebalancing is { } rebalancing && _ticker is { } ticker)
        {
            await ticker.DisposeAsync().ConfigureAwait(false);
            await rebalancing.DisposeAsync().ConfigureAwait(false);
        }
    }

    public void OnJoined(Incarnation self, ClusterView view)
    {
        _node.Become(self);
        View = view;
        _links!.Follow(self, view.Nodes);
        Apply(view, view.Shards, before: null);
        _joined.TrySetResult();
        _rebalancing!.Wake();
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

        Apply(change.After, change.Shards.Select(shard => change.After[shard]), change.Before);
        _rebalancing!.Saw(change);
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
            // Nobody has taken over meanwhile, but the entities were stopped and know nothing any more of who listened.
            ShardsAdopted?.Invoke(mine);
            Announce(mine, mine);
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

    public void OnFrame(Incarnation from, LinkFrame frame)
    {
        switch (frame)
        {
            case LinkFrame.Request request when _shards.Has(request.Shard):
                _shards[request.Shard].Take(from, request);
                break;
            case LinkFrame.Reply reply when _node.ShardOf(reply.Tag) is { } shard:
                _shards[shard].Answered(reply.Tag, reply.Message);
                break;
            case LinkFrame.Moved moved when _node.ShardOf(moved.Tag) is { } shard:
                _shards[shard].Returned(moved.Tag, moved.Epoch);
                break;
            case LinkFrame.News news:
                _receiver?.OnNodeMessage(news.Message);
                break;
            case LinkFrame.ViewChanged changed:
                _membership!.Refresh(changed.Version);
                break;
            case LinkFrame.Status status:
                _membership!.PeerSaid(from, status.Commits);
                break;
            case LinkFrame.Stage stage:
                _staging.Add(from, stage);
                break;
            case LinkFrame.StageEnd end when end.Shards.All(_shards.Has):
                _links!.Send(from, new LinkFrame.Staged(end.HandOff, _staging.End(from, end, View)));
                break;
            case LinkFrame.Staged staged:
                _handOffs!.Confirmed(from, staged);
                break;
            case LinkFrame.StageDropped dropped:
                _staging.Drop(from, dropped.HandOff);
                break;
            default:
                // A shard number this cluster does not have: the peer goes by another map, and its hello should have been refused.
                break;
        }
    }

    public void OnUp(Incarnation peer)
    {
        _shards.LookAtAll();
        _links!.Send(peer, new LinkFrame.Status(_membership!.Commits, _connections()));
        _rebalancing!.Wake();
    }

    public void OnReset(Incarnation peer)
    {
        _staging.Forget(peer);
        _handOffs!.Reset(peer);
        _shards.Reset(peer);

        Announce(View.Shards.Where(row => row.Owner == peer).Select(row => row.Shard).ToHashSet(), []);
    }

    internal bool IsUp(Incarnation peer) => _links?.IsUp(peer) ?? false;

    internal bool Send(Incarnation peer, LinkFrame frame) => _links?.Send(peer, frame) ?? false;

    internal void Doubt(ShardFence right) => _shards[right.Shard].Doubt(right);

    internal void Refresh() => _membership?.Refresh(View.Version + 1);

    public void OnStranger(Incarnation peer) => Refresh();

    private void Route(EntityAddress to, EntityMessage message, ReplyTo from) =>
        _shards.Of(to).Route(to, message, from);

    /// <summary>Tells the shards, and then everybody who may have something announced in those that changed.</summary>
    private void Apply(ClusterView view, IEnumerable<ShardRow> rows, ClusterView? before)
    {
        var changes = _shards.Apply(rows, before);
        var othersLive = before is null || !before.Nodes.Select(node => node.Incarnation).SequenceEqual(view.Nodes.Select(node => node.Incarnation));
        if (othersLive)
        {
            _shards.LookAtAll();
        }

        if (changes.Adopted.Count > 0)
        {
            ShardsAdopted?.Invoke(changes.Adopted);
        }

        Announce(changes.All, changes.Forgotten, othersLive);
    }

    /// <param name="forgotten">Those whose owner does not know what the last one knew.</param>
    /// <param name="othersLive">Nodes have come or gone: one that owned nothing may have held connections that entities here wait for.</param>
    private void Announce(HashSet<ShardId> shards, HashSet<ShardId> forgotten, bool othersLive = false)
    {
        if (shards.Count > 0)
        {
            OwnersChanged?.Invoke(new OwnersChange(View, shards));
        }

        if (forgotten.Count > 0 || othersLive)
        {
            _shards.TellFollowers(new Entity.OwnersMoved(new OwnersChange(View, forgotten)));
        }
    }

    private void Tick()
    {
        _shards.Tick();
        SendToAll(new LinkFrame.Status(_membership!.Commits, _connections()));
        _rebalancing!.Wake();
    }

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
