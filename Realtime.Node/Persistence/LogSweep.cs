using Akka.Actor;

namespace Realtime.Node.Persistence;

/// <summary>
/// Goes through the logs of a store in rounds, page by page, and asks entities about what it finds. The next page waits for the answers to
/// the one before. It only finds candidates; each entity decides for itself.
/// </summary>
/// <param name="asked">The region of the entities.</param>
/// <param name="sought">What is looked for, for its log lines.</param>
internal abstract class LogSweep<TEntry, TCursor>(IActorRef asked, string sought, SweepPolicy policy, PersistenceLogging log) : UntypedActor
    where TCursor : struct
{
    private readonly HashSet<long> _unanswered = [];
    private TCursor? _next;
    private long _lastTag;
    private ICancelable? _timer;

    protected PersistenceLogging Log => log;

    protected override void PreStart() => After(policy.Pause, new BeginRound());

    protected override void PostStop() => _timer?.Cancel();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case BeginRound:
                OnRound();
                Read(default);
                break;
            case ReadNext:
                Read(_next!.Value);
                break;
            case SweepPage<TEntry, TCursor> page:
                OnPage(page);
                break;
            case AnswersLate late when late.LastTag == _lastTag && _unanswered.Count > 0:
                log.SweepUnanswered(sought, _unanswered.Count);
                _unanswered.Clear();
                GoOnIfAnswered();
                break;
            case AnswersLate:
                break;
            case Status.Failure failure:
                log.SweepFails(sought, policy.Pause, failure.Cause);
                After(policy.Pause, new BeginRound());
                break;
            default:
                OnAnswer(message);
                break;
        }
    }

    /// <summary>A round begins.</summary>
    protected virtual void OnRound()
    {
    }

    protected abstract Task<SweepPage<TEntry, TCursor>> ReadAsync(TCursor after, int most);

    /// <summary>Looks at a page, and calls <see cref="Ask"/> for each entity that is a candidate.</summary>
    protected abstract void Look(IReadOnlyList<TEntry> entries);

    /// <returns>The tag of an entity's answer; null: the message is none.</returns>
    protected abstract long? AnswerTag(object message);

    protected void Ask(Func<long, object> request)
    {
        _unanswered.Add(++_lastTag);
        asked.Tell(request(_lastTag));
    }

    private void Read(TCursor after) => ReadAsync(after, policy.PageSize).PipeTo(Self, failure: cause => new Status.Failure(cause));

    private void OnPage(SweepPage<TEntry, TCursor> page)
    {
        _next = page.Next;
        Look(page.Entries);
        if (_unanswered.Count > 0)
        {
            After(policy.AnswerWithin, new AnswersLate(_lastTag));
        }

        GoOnIfAnswered();
    }

    private void OnAnswer(object message)
    {
        if (AnswerTag(message) is not { } tag)
        {
            Unhandled(message);
        }
        else if (_unanswered.Remove(tag))
        {
            GoOnIfAnswered();
        }
    }

    private void GoOnIfAnswered()
    {
        if (_unanswered.Count == 0)
        {
            After(_next is null ? policy.Pause : policy.PagePause, _next is null ? new BeginRound() : new ReadNext());
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
}
