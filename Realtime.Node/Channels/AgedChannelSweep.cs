using Akka.Actor;
using Akka.Event;
using Realtime.Messages.Channels;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence;

namespace Realtime.Node.Channels;

/// <summary>
/// The cluster's one actor that looks for channels with messages past their age, which no client may ever ask for again. It only brings
/// candidates into memory, page by page; each channel trims itself and leaves.
/// </summary>
internal sealed class AgedChannelSweep : UntypedActor
{
    private readonly IActorRef _channels;
    private readonly NamespaceTable _namespaces;
    private readonly IKeptLogs _logs;
    private readonly AgeSweepPolicy _policy;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly HashSet<long> _unanswered = [];
    private KeptLogCursor? _next;
    private long _lastTag;
    private ICancelable? _timer;

    public AgedChannelSweep(IActorRef channels, NamespaceTable namespaces, IKeptLogs logs, AgeSweepPolicy policy) =>
        (_channels, _namespaces, _logs, _policy) = (channels, namespaces, logs, policy);

    public static Props Props(IActorRef channels, NamespaceTable namespaces, IKeptLogs logs, AgeSweepPolicy policy) =>
        Akka.Actor.Props.Create<AgedChannelSweep>(channels, namespaces, logs, policy);

    protected override void PreStart() => After(_policy.Pause, new BeginRound());

    protected override void PostStop() => _timer?.Cancel();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case BeginRound:
                Read(default);
                break;
            case ReadNext:
                Read(_next!.Value);
                break;
            case KeptLogPage page:
                OnPage(page);
                break;
            case ChannelReply reply when _unanswered.Remove(reply.Tag):
                GoOnIfAnswered();
                break;
            case ChannelReply:
                break;
            case AnswersLate late when late.LastTag == _lastTag && _unanswered.Count > 0:
                _log.Warning("{0} channels with messages past their age did not answer in time; they are asked in the next round", _unanswered.Count);
                _unanswered.Clear();
                GoOnIfAnswered();
                break;
            case AnswersLate:
                break;
            case Status.Failure failure:
                _log.Warning(failure.Cause, "Channels cannot be looked through for messages past their age now; tried again in {0}", _policy.Pause);
                After(_policy.Pause, new BeginRound());
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Read(KeptLogCursor after) =>
        _logs.ReadAsync(after, _policy.PageLogs).PipeTo(Self, failure: cause => new Status.Failure(cause));

    private void OnPage(KeptLogPage page)
    {
        _next = page.Next;
        var now = Context.System.Scheduler.Now;
        foreach (var log in page.Logs.Where(log => IsAged(log, now)))
        {
            _unanswered.Add(++_lastTag);
            _channels.Tell(new ChannelRequest.Inspect(log.Channel, _lastTag, Brief: true));
        }

        if (_unanswered.Count > 0)
        {
            After(_policy.AnswerWithin, new AnswersLate(_lastTag));
        }

        GoOnIfAnswered();
    }

    private bool IsAged(KeptLog log, DateTimeOffset now) =>
        _namespaces.TryFind(log.Channel, out var space) && space is { Durability: Durability.Journal, History.Age: { } age } && now - log.OldestWritten > age;

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
}
