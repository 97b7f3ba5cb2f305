using Akka.Actor;
using Realtime.Messages.Sessions;

namespace Realtime.Node.Sessions;

/// <summary>
/// Ends the grace time of sessions that the end of the last process cut off: those that no connection has held since are parked, so that the
/// next start does not take them for present once more. A page at a time, because each is read back and written.
/// </summary>
internal sealed class OrphanParking : UntypedActor
{
    private readonly IActorRef _sessions;
    private readonly OrphanedSessions _orphans;
    private readonly IdleSweepPolicy _policy;
    private ICancelable? _timer;

    public OrphanParking(IActorRef sessions, OrphanedSessions orphans, IdleSweepPolicy policy) =>
        (_sessions, _orphans, _policy) = (sessions, orphans, policy);

    /// <param name="policy">Its pages and the pause between them.</param>
    public static Props Props(IActorRef sessions, OrphanedSessions orphans, IdleSweepPolicy policy) =>
        Akka.Actor.Props.Create<OrphanParking>(sessions, orphans, policy);

    protected override void PreStart() => After(_orphans.Grace);

    protected override void PostStop() => _timer?.Cancel();

    protected override void OnReceive(object message)
    {
        if (message is not NextPage)
        {
            Unhandled(message);
            return;
        }

        var now = Context.System.Scheduler.Now.ToUnixTimeMilliseconds();
        for (var i = 0; i < _policy.PageSize && _orphans.Sessions.TryDequeue(out var orphan); i++)
        {
            // Not answered. One that is lost is shown for another grace after the next start, and that is all.
            _sessions.Tell(new SessionRequest.ContinueGrace(orphan.Session, orphan.Attachment, now), ActorRefs.NoSender);
        }

        if (_orphans.Sessions.Count > 0)
        {
            After(_policy.PagePause);
        }
        else
        {
            Context.Stop(Self);
        }
    }

    private void After(TimeSpan delay) =>
        _timer = Context.System.Scheduler.ScheduleTellOnceCancelable(delay, Self, NextPage.Instance, Self);

    private sealed class NextPage : INoSerializationVerificationNeeded
    {
        public static NextPage Instance { get; } = new();
    }
}
