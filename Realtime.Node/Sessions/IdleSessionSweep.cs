using Akka.Actor;
using Realtime.Messages.Sessions;
using Realtime.Node.Persistence;

namespace Realtime.Node.Sessions;

/// <summary>
/// The cluster's one actor that looks for sessions that expire; each session decides for itself. Logs of sessions that ended a time to live
/// ago are deleted.
/// </summary>
internal sealed class IdleSessionSweep(IActorRef sessions, IIdleSessions idle, IdleSweepPolicy policy, PersistenceLogging log)
    : LogSweep<IdleSession, SessionLogCursor>(sessions, "idle sessions", policy, log)
{
    private readonly TimeSpan _timeToLive = policy.TimeToLive;
    private DateTimeOffset _before;

    public static Props Props(IActorRef sessions, IIdleSessions idle, IdleSweepPolicy policy, PersistenceLogging log) =>
        Akka.Actor.Props.Create<IdleSessionSweep>(sessions, idle, policy, log);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Forgotten:
                break;
            case NotForgotten failed:
                Log.EndedLogsNotDeleted(failed.Count, failed.Cause);
                break;
            default:
                base.OnReceive(message);
                break;
        }
    }

    protected override void OnRound() => _before = Context.System.Scheduler.Now - _timeToLive;

    protected override Task<SweepPage<IdleSession, SessionLogCursor>> ReadAsync(SessionLogCursor after, int most) => idle.ReadAsync(_before, after, most);

    protected override void Look(IReadOnlyList<IdleSession> entries)
    {
        var ended = entries.Where(session => session.HasEnded).ToList();
        if (ended.Count > 0)
        {
            // What is not deleted now is found again in the next round.
            idle.ForgetAsync(ended).PipeTo(Self, success: () => new Forgotten(), failure: cause => new NotForgotten(ended.Count, cause));
        }

        foreach (var session in entries.Where(session => !session.HasEnded))
        {
            Ask(tag => new SessionRequest.ExpireIfIdle(session.Session, tag));
        }
    }

    protected override long? AnswerTag(object message) => (message as SessionReply)?.Tag;

    private sealed record Forgotten : INoSerializationVerificationNeeded;

    private sealed record NotForgotten(int Count, Exception Cause) : INoSerializationVerificationNeeded;
}
