using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;
using Realtime.Messages.Cluster;
using Realtime.Node.Cluster.Core;

namespace Realtime.Node.Cluster.Allocation;

/// <summary>
/// Keeps the <see cref="ClusterMap"/> of this node: follows the members and the plans, takes a census of the shards that this node holds, and tells every other
/// member its own row once a second. Has the same path on every member.
/// </summary>
internal sealed class ClusterMapActor : UntypedActor, IWithTimers
{
    public const string Name = "cluster-map";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>The end of a drain is waited for.</summary>
    private static readonly TimeSpan EveryWhileDraining = TimeSpan.FromMilliseconds(100);

    /// <summary>Rows from one census to the next on a node that is alone: no other node waits for what is in it.</summary>
    private const int RowsPerCensusAlone = 5;

    private readonly ClusterMapSetup _setup;
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly Dictionary<UniqueAddress, Member> _members = [];
    private readonly Dictionary<UniqueAddress, ActorSelection> _peers = [];
    private readonly Dictionary<EntityKind, HeldShards> _held = [];
    private readonly MemberTable _table;
    private readonly MemberKey _self;
    private readonly IActorRef _census;
    private PlanBook _plans = PlanBook.Empty;
    private long _number;
    private int _rowsSinceCensus;
    private bool _hasChanged;

    public ClusterMapActor(ClusterMapSetup setup)
    {
        _setup = setup;
        _self = KeyOf(_cluster.SelfUniqueAddress);
        _table = new MemberTable(_self);
        _census = Context.ActorOf(ShardCensus.PropsOf(setup.Regions), "census");
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private bool IsDraining => _plans.Drained.Contains(_setup.Self.Node) || _plans.Stopping.Contains(_self);

    public static Props PropsOf(ClusterMapSetup setup) => Props.Create(() => new ClusterMapActor(setup));

    public static MemberKey KeyOf(UniqueAddress address) => new(address.Address.ToString(), address.Uid);

    protected override void PreStart()
    {
        _cluster.Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        if (_setup.Self.HoldsShards)
        {
            PlanData.ReplicatorOf(Context.System).Tell(PlanData.Subscribe(Self));
        }

        _census.Tell(ShardCensus.Take.Instance);
        Timers.StartPeriodicTimer(RowDue.Instance, RowDue.Instance, Every);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterNews.NodeRow row:
                if (_table.Take(row))
                {
                    _setup.Map.Hear(row.Member);
                    Publish();
                }

                break;
            case ClusterEvent.MemberRemoved removed:
                Remove(removed.Member.UniqueAddress);
                break;
            case ClusterEvent.IMemberEvent changed:
                Put(changed.Member);
                break;
            case ClusterEvent.ReachabilityEvent reached:
                _table.Reach(KeyOf(reached.Member.UniqueAddress), reached is ClusterEvent.ReachableMember);
                Publish();
                break;
            case Changed changed:
                Follow(PlanData.BookOf(changed));
                break;
            case HeldShards held:
                _hasChanged |= !_held.TryGetValue(held.Kind, out var before) || before.Shards != held.Shards;
                _held[held.Kind] = held;
                break;
            case ShardCensus.Taken:
                End();
                break;
            case ShardCensus.Take take:
                _census.Tell(take);
                break;
            case RowDue:
                _setup.Plans.TakeBackStop();
                TellRow();
                if (_peers.Count > 0 || IsDraining || ++_rowsSinceCensus >= RowsPerCensusAlone)
                {
                    _census.Tell(ShardCensus.Take.Instance);
                }

                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Rows go out whether a census is answered or not: the silence of a node means more than that a shard is busy.</summary>
    private void End()
    {
        _rowsSinceCensus = 0;
        SayDrain();
        var isStopping = _plans.Stopping.Contains(_self);
        if (_hasChanged || isStopping)
        {
            _hasChanged = false;
            TellRow();
        }

        if (isStopping || (IsDraining && _held.Values.Any(held => !held.Shards.IsEmpty)))
        {
            Timers.StartSingleTimer(ShardCensus.Take.Instance, ShardCensus.Take.Instance, EveryWhileDraining);
        }
    }

    private void Put(Member member)
    {
        var isNew = _members.TryAdd(member.UniqueAddress, member);
        _members[member.UniqueAddress] = member;
        Arrange();
        if (isNew && member.UniqueAddress != _cluster.SelfUniqueAddress)
        {
            _peers.Add(member.UniqueAddress, Context.ActorSelection(new RootActorPath(member.Address) / "user" / Name));
        }

        // The others learn at once who a new member is, and a new member who they are.
        TellRow();
    }

    private void Remove(UniqueAddress address)
    {
        _members.Remove(address);
        _peers.Remove(address);
        _table.Remove(KeyOf(address));
        Arrange();
        Publish();
    }

    /// <summary>Who is older than whom can change when a member comes up.</summary>
    private void Arrange()
    {
        var age = 0;
        foreach (var member in _members.Values.Order(Member.AgeOrdering))
        {
            _table.Put(KeyOf(member.UniqueAddress), age++, StandingOf(member.Status), member.HasRole(ActorSystemSettings.NodeRole));
        }
    }

    private void Follow(PlanBook plans)
    {
        var wasDraining = IsDraining;
        _plans = plans;
        _setup.Plans.Publish(plans);
        _table.Follow(plans);
        SayDrain();
        if (wasDraining == IsDraining)
        {
            Publish();
            return;
        }

        TellRow();
        _census.Tell(ShardCensus.Take.Instance);
    }

    /// <summary>A node that stops alone, or as the last one, gives nothing away.</summary>
    private void SayDrain()
    {
        if (_setup.Self.HoldsShards && (!IsDraining || _setup.Map.Current.Members.Any(member => member.Key != _self && member.TakesShards)))
        {
            _setup.Drains.See(IsDraining, _plans.Stopping.Contains(_self), ShardsOf(EntityKind.Session).Count, ShardsOf(EntityKind.Channel).Count);
        }
    }

    private void TellRow()
    {
        var row = new ClusterNews.NodeRow(
            _setup.Self.Node,
            _setup.Self.Incarnation,
            _self,
            ++_number,
            _setup.Self.Version,
            _setup.Self.ClientUrl,
            _setup.Self.Load.OperatorUrl,
            _setup.Self.Capacity,
            _setup.Self.Load.Connections,
            EntitiesOf(EntityKind.Session),
            EntitiesOf(EntityKind.Channel),
            IsDraining,
            ShardsOf(EntityKind.Session),
            ShardsOf(EntityKind.Channel));
        _table.Take(row);
        foreach (var peer in _peers.Values)
        {
            peer.Tell(row);
        }

        Publish();
    }

    private ShardSet ShardsOf(EntityKind kind) => _held.TryGetValue(kind, out var held) ? held.Shards : default;

    private int EntitiesOf(EntityKind kind) => _held.TryGetValue(kind, out var held) ? held.Entities : 0;

    private void Publish() => _setup.Map.Publish(_table.Snapshot());

    private static MemberStanding StandingOf(MemberStatus status) => status switch
    {
        MemberStatus.Joining or MemberStatus.WeaklyUp => MemberStanding.Joining,
        MemberStatus.Up => MemberStanding.Up,
        MemberStatus.Leaving or MemberStatus.Exiting => MemberStanding.Leaving,
        _ => MemberStanding.Down,
    };

    private sealed class RowDue : INoSerializationVerificationNeeded
    {
        public static RowDue Instance { get; } = new();
    }
}
