using Akka.Actor;
using Realtime.Messages.Sessions;
using Realtime.Node.Cluster;
using Realtime.Node.Persistence;

namespace Realtime.Node.Sessions;

/// <summary>
/// The cluster's one actor that ends the grace time of sessions that were lost with it: with all nodes, with one, or because their connection
/// ended at a bad moment. When the grace is over, every session whose record says that others see it hears that; those that a connection holds,
/// or whose own grace time runs, ignore it, and the others are parked. Otherwise their records would say "present" until they expire.
/// </summary>
/// <remarks>
/// A round begins a grace after this actor has started, for whoever did this before may have been lost, and after each node that is gone.
/// </remarks>
internal sealed class LostSessionSweep(IActorRef sessions, IPresentSessions present, LostSessionPolicy policy, PersistenceLogging log) : UntypedActor
{
    private ICancelable? _timer;
    private DateTimeOffset _touchedAfter;
    private long _round;

    public static Props Props(IActorRef sessions, IPresentSessions present, LostSessionPolicy policy, PersistenceLogging log) =>
        Akka.Actor.Props.Create<LostSessionSweep>(sessions, present, policy, log);

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(NodeRemoved));
        BeginRoundAfter(policy.Grace);
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _timer?.Cancel();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case NodeRemoved:
                BeginRoundAfter(policy.Grace);
                break;
            case Next next when next.Round == _round:
                _touchedAfter = next.After == default ? Context.System.Scheduler.Now - policy.TimeToLive : _touchedAfter;
                Read(next.After);
                break;
            case Page page when page.Round == _round:
                OnPage(page.Found);
                break;
            case Failed failed when failed.Round == _round:
                log.SweepFails("lost sessions", policy.Grace, failed.Cause);
                BeginRoundAfter(policy.Grace);
                break;
            case Next or Page or Failed:
                break; // Of a round that another one has replaced.
            default:
                Unhandled(message);
                break;
        }
    }

    private void BeginRoundAfter(TimeSpan delay)
    {
        _round++;
        After(delay, new Next(_round, default));
    }

    private void Read(SessionLogCursor after)
    {
        var round = _round;
        present.ReadAsync(_touchedAfter, after, policy.PageSize)
            .PipeTo(Self, success: page => new Page(round, page), failure: cause => new Failed(round, cause));
    }

    private void OnPage(PresentSessionPage page)
    {
        var now = Context.System.Scheduler.Now.ToUnixTimeMilliseconds();
        foreach (var session in page.Sessions)
        {
            // Not answered. One that is lost on the way hears it in the next round, or expires.
            sessions.Tell(new SessionRequest.ContinueGrace(session.Session, session.Attachment, now), ActorRefs.NoSender);
        }

        if (page.Next is { } next)
        {
            // Each that is parked is read back and written.
            After(page.Sessions.Count > 0 ? policy.PagePause : TimeSpan.Zero, new Next(_round, next));
        }
    }

    private void After(TimeSpan delay, object message)
    {
        _timer?.Cancel();
        _timer = Context.System.Scheduler.ScheduleTellOnceCancelable(delay, Self, message, Self);
    }

    private sealed record Next(long Round, SessionLogCursor After) : INoSerializationVerificationNeeded;

    private sealed record Page(long Round, PresentSessionPage Found) : INoSerializationVerificationNeeded;

    private sealed record Failed(long Round, Exception Cause) : INoSerializationVerificationNeeded;
}
