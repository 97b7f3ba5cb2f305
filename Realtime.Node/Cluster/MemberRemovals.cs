using Akka.Actor;
using Akka.Cluster;

namespace Realtime.Node.Cluster;

/// <summary>
/// Tells the actors of a room which nodes have left the cluster. Only removal is told: a node that is merely out of reach may be back
/// before anything of it has been given to another one.
/// </summary>
internal sealed class MemberRemovals(Func<NodeRemoved, object> wrap, IReadOnlyList<IActorRef> listeners) : UntypedActor
{
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);

    public static Props PropsOf(params IReadOnlyList<IActorRef> listeners) => PropsOf(static removed => removed, listeners);

    /// <param name="wrap">What the listeners receive: a router wants an envelope.</param>
    public static Props PropsOf(Func<NodeRemoved, object> wrap, params IReadOnlyList<IActorRef> listeners) =>
        Props.Create(() => new MemberRemovals(wrap, listeners));

    protected override void PreStart() =>
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        if (message is not ClusterEvent.MemberRemoved { Member: var member })
        {
            Unhandled(message);
            return;
        }

        foreach (var listener in member.UniqueAddress == _cluster.SelfUniqueAddress ? [] : listeners)
        {
            listener.Tell(wrap(new NodeRemoved(member.Address)));
        }
    }
}
