using Akka.Actor;
using Akka.Event;
using Realtime.Messages.Sessions;
using Realtime.Node.Persistence;

namespace Realtime.Node.Sessions;

/// <summary>
/// The cluster's one actor that looks for sessions that expire. It only finds candidates, page by page; each session decides for itself.
/// Logs of sessions that ended a time to live ago are deleted.
/// </summary>
internal sealed class IdleSessionSweep : UntypedActor
{
    private readonly IActorRef _sessions;
    private readonly IIdleSessions _idle;
    private readonly IdleSweepPolicy _policy;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly HashSet<long> _unanswered = [];
    private DateTimeOffset _before;
    private SessionLogCursor? _next;
    private long _lastTag;
    private ICancelable? _timer;

    public IdleSessionSweep(IActorRef sessions, IIdleSessions idle, IdleSweepPolicy policy) =>
        (_sessions, _idle, _policy) = (sessions, idle, policy);

    public static Props Props(IActorRef sessions, IIdleSessions idle, IdleSweepPolicy policy) =>
        Akka.Actor.Props.Create<IdleSessionSweep>(sessions, idle, policy);

    protected override void PreStart() => After(_policy.Pause, new BeginRound());

    protected override void PostStop() => _timer?.Cancel();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case BeginRound:
                _before = Context.System.Scheduler.Now - _policy.TimeToLive;
                Read(default);
                break;
            case ReadNext:
                Read(_next!.Value);
                break;
            case IdleSessionPage page:
                OnPage(page);
                break;
            case SessionReply reply when _unanswered.Remove(reply.Tag):
                GoOnIfAnswered();
                break;
            case SessionReply:
                break;
            case AnswersLate late when late.LastTag == _lastTag && _unanswered.Count > 0:
                _log.Warning("{0} sessions did not say in time whether they expire; they are asked in the next round", _unanswered.Count);
                _unanswered.Clear();
                GoOnIfAnswered();
                break;
            case AnswersLate or Forgotten:
                break;
            case Status.Failure failure:
                _log.Warning(failure.Cause, "Idle sessions cannot be looked through now; tried again in {0}", _policy.Pause);
                After(_policy.Pause, new BeginRound());
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Read(SessionLogCursor after) =>
        _idle.ReadAsync(_before, after, _policy.PageSessions).PipeTo(Self, failure: cause => new Status.Failure(cause));

    private void OnPage(IdleSessionPage page)
    {
        _next = page.Next;
        var ended = page.Sessions.Where(session => session.HasEnded).ToList();
        if (ended.Count > 0)
        {
            // What is not deleted now is found again in the next round.
            _idle.ForgetAsync(ended).PipeTo(Self, success: () => new Forgotten(), failure: OnNotForgotten);
        }

        foreach (var session in page.Sessions.Where(session => !session.HasEnded))
        {
            _unanswered.Add(++_lastTag);
            _sessions.Tell(new SessionRequest.ExpireIfIdle(session.Session, _lastTag));
        }

        if (_unanswered.Count > 0)
        {
            After(_policy.AnswerWithin, new AnswersLate(_lastTag));
        }

        GoOnIfAnswered();
    }

    private Forgotten OnNotForgotten(Exception cause)
    {
        _log.Warning(cause, "Logs of ended sessions were not deleted; tried again in the next round");
        return new Forgotten();
    }

    private void GoOnIfAnswered()
    {
        if (_unanswered.Count == 0)
        {
            After(_next is null ? _policy.Pause : _policy.PagePause, _next is null ? new BeginRound() : new ReadNext());
        }
    }

    private void After(TimeSpan delay, object message)
    {
        _timer?.Cancel();
        _timer = Context.System.Scheduler.ScheduleTellOnceCancelable(delay, Self, message, Self);
    }

    private sealed record BeginRound : INoSerializationVerificationNeeded;

    private sealed record ReadNext : INoSerializationVerificationNeeded;

    private sealed record AnswersLate(long LastTag) : INoSerializationVerificationNeeded;

    private sealed record Forgotten : INoSerializationVerificationNeeded;
}
