using Akka.Actor;
using Akka.Cluster;

namespace Realtime.Node.Cluster;

/// <summary>Publishes <see cref="NodeRemoved"/> on the event stream, so that those who listen need no cluster in their tests.</summary>
internal sealed class RemovedNodes : UntypedActor
{
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);

    public static Props Props { get; } = Props.Create<RemovedNodes>();

    protected override void PreStart() =>
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        if (message is ClusterEvent.MemberRemoved removed)
        {
            Context.System.EventStream.Publish(new NodeRemoved(removed.Member.Address));
        }
        else
        {
            Unhandled(message);
        }
    }
}
