using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;

namespace Realtime.Node.Cluster;

/// <summary>
/// Publishes <see cref="NodeRemoved"/> on the event stream, so that those who listen need no cluster in their tests; and ends the association with a node that has left. Akka does that only with
/// those that were downed: what it could not deliver to another one it would try to deliver for ever, and dial for it each second.
/// </summary>
internal sealed class RemovedNodes : UntypedActor, IWithTimers
{
    /// <summary>From the removal: the node that leaves may still say something.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props { get; } = Props.Create<RemovedNodes>();

    protected override void PreStart() =>
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.MemberRemoved { Member: var member } removed:
                Context.System.EventStream.Publish(new NodeRemoved(member.Address));
                if (removed.PreviousStatus is not MemberStatus.Down && member.UniqueAddress != _cluster.SelfUniqueAddress)
                {
                    Timers.StartSingleTimer(member.UniqueAddress, new Gone(member.UniqueAddress), LastWords);
                }

                break;
            case Gone gone:
                ((IRemoteActorRefProvider)((ExtendedActorSystem)Context.System).Provider).Quarantine(gone.Node.Address, gone.Node.Uid);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private sealed record Gone(UniqueAddress Node) : INoSerializationVerificationNeeded;
}
