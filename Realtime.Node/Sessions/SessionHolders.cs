using Akka.Actor;
using Akka.Routing;
using Realtime.Messages.Sessions;
using Realtime.Node.Cluster;
using Realtime.Node.Sessions.Core;

namespace Realtime.Node.Sessions;

/// <summary>
/// One per node, of fixed path: keeps which connections of other nodes hold sessions of this one. It answers their renewals, and tells sessions
/// whose connections are silent or whose connections' node is gone. Instead of watching them one by one, which the wire between nodes does not
/// carry.
/// </summary>
internal sealed class SessionHolders : UntypedActor
{
    /// <summary>Sessions of a node that is gone are told in portions: each will be read back and written when its grace is over.</summary>
    private const int Portion = 1000;

    private static readonly TimeSpan PortionPause = TimeSpan.FromMilliseconds(50);

    private readonly RemoteHolders _holders = new();
    private readonly Queue<LostHolder> _lost = new();
    private readonly TimeSpan _renewEvery;
    private ICancelable? _nextRound;
    private ICancelable? _nextPortion;

    public SessionHolders(TimeSpan renewEvery) => _renewEvery = renewEvery;

    /// <summary>Behind a router with one routee, because the path stays when that fails; the table is made anew by the renewals.</summary>
    public static Props PropsOf(TimeSpan renewEvery) => Props.Create<SessionHolders>(renewEvery)
        .WithRouter(new RoundRobinPool(1).WithSupervisorStrategy(new OneForOneStrategy(static _ => Directive.Restart)));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(NodeRemoved));
        ScheduleRound();
    }

    protected override void PostStop()
    {
        _nextRound?.Cancel();
        _nextPortion?.Cancel();
        Context.System.EventStream.Unsubscribe(Self);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case HolderChange.Held held:
                _holders.Add(held.Hold.Session, Sender, held.Connection, held.Hold);
                break;
            case HolderChange.Released released:
                _holders.Remove(released.Session, Sender);
                break;
            case HolderMessage.Renew renew:
                if (_holders.Renew(Sender.Path.Address, renew.Holds) is { Count: > 0 } notHeld)
                {
                    Sender.Tell(new HolderMessage.NotHeld(notHeld));
                }

                break;
            case Round:
                Lose(_holders.Round());
                ScheduleRound();
                break;
            case NodeRemoved removed:
                Lose(_holders.RemoveNode(removed.Node));
                break;
            case NextPortion:
                _nextPortion = null;
                TellPortion();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>One at a time: after a pause of the process, in which it could hear no renewal, a repeated timer would make up for lost rounds.</summary>
    private void ScheduleRound() =>
        _nextRound = Context.System.Scheduler.ScheduleTellOnceCancelable(_renewEvery, Self, new Round(), Self);

    private void Lose(List<LostHolder> lost)
    {
        lost.ForEach(_lost.Enqueue);
        if (_nextPortion is null)
        {
            TellPortion();
        }
    }

    private void TellPortion()
    {
        for (var i = 0; i < Portion && _lost.TryDequeue(out var lost); i++)
        {
            lost.Session.Tell(new HolderChange.Lost(lost.Connection), Self);
        }

        if (_lost.Count > 0)
        {
            _nextPortion = Context.System.Scheduler.ScheduleTellOnceCancelable(PortionPause, Self, new NextPortion(), Self);
        }
    }

    private sealed record Round : INoSerializationVerificationNeeded;

    private sealed record NextPortion : INoSerializationVerificationNeeded;
}
