using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;

namespace Realtime.Node.Cluster;

/// <summary>
/// Follows what readiness asks of the cluster: that this node is Up, and that the coordinator of each region knows it. A region that is not
/// registered gets no shard, and its entities answer nobody.
/// </summary>
internal sealed class ClusterStandingWatch : UntypedActor, IWithTimers
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstAsk = TimeSpan.FromMilliseconds(50);
    private readonly ClusterStanding _standing;
    private readonly IReadOnlyDictionary<string, IActorRef> _regions;
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly HashSet<string> _missing = [];

    public ClusterStandingWatch(ClusterStanding standing, IReadOnlyDictionary<string, IActorRef> regions)
    {
        (_standing, _regions) = (standing, regions);
        _missing.UnionWith(regions.Keys);
        Publish();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsOf(ClusterStanding standing, IReadOnlyDictionary<string, IActorRef> regions) =>
        Props.Create(() => new ClusterStandingWatch(standing, regions));

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        Timers.StartSingleTimer(Ask.Instance, Ask.Instance, FirstAsk);
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        _standing.IsUp = false;
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.IMemberEvent { Member: var member } when member.UniqueAddress == _cluster.SelfUniqueAddress:
                _standing.IsUp = member.Status is MemberStatus.Up;
                break;
            case ClusterEvent.IMemberEvent:
                break;
            case Ask:
                AskRegions();
                break;
            case Answered answered:
                Note(answered.Name, answered.IsKnown);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>The coordinator answers itself; one that cannot be found does not answer at all.</summary>
    private void AskRegions()
    {
        var self = _cluster.SelfAddress;
        foreach (var (name, region) in _regions)
        {
            region.Ask<CurrentRegions>(GetCurrentRegions.Instance, AskEvery).PipeTo(
                Self,
                success: known => new Answered(name, known.Regions.Contains(self)),
                failure: _ => new Answered(name, false));
        }

        Timers.StartSingleTimer(Ask.Instance, Ask.Instance, _missing.Count > 0 ? FirstAsk : AskEvery);
    }

    private void Note(string name, bool isKnown)
    {
        if (isKnown ? _missing.Remove(name) : _missing.Add(name))
        {
            Publish();
        }
    }

    private void Publish() => _standing.MissingRegions = [.. _missing.Order(StringComparer.Ordinal)];

    private sealed record Answered(string Name, bool IsKnown) : INoSerializationVerificationNeeded;

    private sealed class Ask : INoSerializationVerificationNeeded
    {
        public static Ask Instance { get; } = new();
    }
}
