using System.Security.Cryptography;
using Akka.Actor;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Persistence;

/// <summary>
/// An entity's side of its log: starts the <see cref="EventLog"/> child, starts it again with back-off when it stopped, numbers appends and
/// remembers which are answered. Lives inside one actor and is used by it alone; that actor passes every message it does not know to
/// <see cref="Receive"/>.
/// </summary>
public sealed class EventLogChild
{
    private readonly IActorContext _context;
    private readonly string _persistenceId;
    private readonly EventLogSettings _settings;
    private LogTenure _tenure;
    private IActorRef? _child;
    private ICancelable? _restart;
    private State _state = State.Stopped;
    private LogFailure? _failure;
    private int _failures;

    public EventLogChild(IActorContext context, string persistenceId, EventLogSettings settings)
    {
        _context = context;
        _persistenceId = persistenceId;
        _settings = settings;
        Span<byte> instance = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(instance);
        _tenure = new LogTenure(BitConverter.ToUInt64(instance));
    }

    private enum State
    {
        Stopped,
        Recovering,
        Usable,
        Closing,
        WaitingToRestart,
        Fenced,

        /// <summary>The node has lost its store: no log starts any more.</summary>
        Lost,
    }

    /// <summary>Whether appends and reads are taken now.</summary>
    public bool IsUsable => _state is State.Usable;

    /// <summary>Whether an actor is at work or will be: the entity must not passivate without <see cref="Close"/>.</summary>
    public bool IsRunning => _state is not (State.Stopped or State.Fenced or State.Lost);

    /// <summary>Whether appends wait for their answer.</summary>
    public bool HasUnanswered => _tenure.HasUnanswered;

    /// <summary>Starts the log, if it does not run. <see cref="LogNews.Recovered"/> says when it can be used.</summary>
    public void Start()
    {
        if (_state is not State.Stopped)
        {
            return;
        }

        _state = State.Recovering;
        _failure = null;
        _child = _context.ActorOf(EventLog.Props(_persistenceId, _settings, _tenure));
        _context.Watch(_child);
    }

    /// <summary>Appends an event and gives it its number, by which <see cref="LogNews"/> answers.</summary>
    /// <exception cref="InvalidOperationException">The log cannot be used now.</exception>
    public long Append(JournalEvent body)
    {
        var number = _tenure.SentThrough + 1;
        Usable().Tell(new LogRequest.Append(number, body));
        _tenure = _tenure.Sent(number);
        return number;
    }

    public void Snapshot(long sequenceNr, ChannelState state) => Usable().Tell(new LogRequest.TakeSnapshot(sequenceNr, state));

    public void Read(LogRequest.Read read) => Usable().Tell(read);

    public void Find(LogRequest.FindTime find) => Usable().Tell(find);

    /// <summary>
    /// Stops the log once everything is answered. True: it has stopped already; else <see cref="LogNews.Closed"/> says when it has. A log
    /// whose outcomes are unknown recovers first: ask again after <see cref="LogNews.Recovered"/>.
    /// </summary>
    public bool Close()
    {
        switch (_state)
        {
            case State.Usable:
                _state = State.Closing;
                _child!.Tell(new LogRequest.Close());
                break;
            case State.Recovering when !HasUnanswered:
                _state = State.Closing;
                _context.Stop(_child!);
                break;
            case State.WaitingToRestart when !HasUnanswered:
                _restart!.Cancel();
                _state = State.Stopped;
                break;
        }

        return !IsRunning;
    }

    /// <summary>
    /// Takes a message that the entity received. The news in it, if it is of this log; <paramref name="isOurs"/> is true also for
    /// messages that hold none, such as those of an actor that is gone.
    /// </summary>
    public LogNews? Receive(object message, out bool isOurs)
    {
        isOurs = true;
        switch (message)
        {
            case Restart restart when restart.Instance == _tenure.Instance:
                // A cancelled timer's message may still arrive.
                if (_state is State.WaitingToRestart)
                {
                    _state = State.Stopped;
                    Start();
                }

                return null;
            case Terminated terminated when terminated.ActorRef.Equals(_child):
                return OnStopped();
            case LogFailure failure:
                _failure = _context.Sender.Equals(_child) ? failure : _failure;
                return null;
            case LogNews news:
                return _context.Sender.Equals(_child) ? Note(news) : null;
            default:
                isOurs = false;
                return null;
        }
    }

    /// <summary>Ends the back-off; to be called when the entity stops.</summary>
    public void PostStop() => _restart?.Cancel();

    private LogNews Note(LogNews news)
    {
        _tenure = _tenure.After(news);
        switch (news)
        {
            case LogNews.Recovered:
                _state = State.Usable;
                _failures = 0;
                break;
            case LogNews.Fenced:
                _state = State.Fenced;
                break;
        }

        return news;
    }

    private LogNews? OnStopped()
    {
        _child = null;
        if (_state is State.Fenced)
        {
            return null;
        }

        if (_state is State.Closing && !HasUnanswered)
        {
            _state = State.Stopped;
            return new LogNews.Closed();
        }

        if (_settings.Lease.IsLost)
        {
            _state = State.Lost;
            var last = new LogNews.Unavailable(_settings.Backoff.Most, StoreFailureKind.OutOfReach, IsFinal: true);
            _tenure = _tenure.After(last);
            return last;
        }

        var delay = _settings.Backoff.After(++_failures, RandomNumberGenerator.GetInt32(1_000) / 1_000d);
        _state = State.WaitingToRestart;
        _restart = _context.System.Scheduler.ScheduleTellOnceCancelable(delay, _context.Self, new Restart(_tenure.Instance), _context.Self);
        var news = new LogNews.Unavailable(delay, _failure?.Kind ?? StoreFailureKind.Other, _failure?.NothingWritten ?? false);
        _tenure = _tenure.After(news);
        return news;
    }

    private IActorRef Usable() =>
        _state is State.Usable ? _child! : throw new InvalidOperationException($"The log {_persistenceId} is {_state}: ask IsUsable first.");

    private sealed record Restart(ulong Instance) : INoSerializationVerificationNeeded;
}
