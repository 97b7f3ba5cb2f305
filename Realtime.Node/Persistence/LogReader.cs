using Akka.Actor;
using Akka.Persistence;
using Realtime.Node.Persistence.Core;
using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Persistence;

/// <summary>
/// Reads a stretch of a log for one question and stops. Asks the journal for a few events at a time, so what it holds is bounded by the
/// question and not by the log.
/// </summary>
internal sealed class LogReader : UntypedActor
{
    private const int FirstEvents = 16;
    private const int MostEvents = 256;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly IActorRef _journal;
    private readonly string _persistenceId;
    private readonly long _last;
    private readonly ILogScan _scan;
    private readonly PersistenceLogging _log;
    private long _next;
    private int _asked = FirstEvents;
    private int _received;
    private long _bytes;
    private long _events;
    private bool _isDone;

    public LogReader(IActorRef journal, string persistenceId, long first, long last, ILogScan scan, PersistenceLogging log)
    {
        _journal = journal;
        _persistenceId = persistenceId;
        _next = first;
        _last = last;
        _scan = scan;
        _log = log;
    }

    public static Props Props(IActorRef journal, string persistenceId, long first, long last, ILogScan scan, PersistenceLogging log) =>
        Akka.Actor.Props.Create<LogReader>(journal, persistenceId, first, last, scan, log);

    protected override void PreStart()
    {
        SetReceiveTimeout(Patience);
        Ask();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ReplayedMessage replayed:
                _received++;
                _events++;
                _next = replayed.Persistent.SequenceNr + 1;
                if (!_isDone && replayed.Persistent.Payload is LoggedEvent logged)
                {
                    _bytes += EventSizes.Of(logged.Body);
                    _isDone = _scan.Take(logged.Body, replayed.Persistent.SequenceNr);
                }

                break;
            case RecoverySuccess:
                if (_isDone || _received < _asked || _next > _last)
                {
                    Answer(_scan.Answer());
                }
                else
                {
                    _asked = (int)Math.Clamp(_scan.BytesLeft / Math.Max(1, _bytes / _events), 1, MostEvents);
                    Ask();
                }

                break;
            case ReplayMessagesFailure failed:
                _log.NotRead(_persistenceId, _next, failed.Cause);
                Answer(new LogNews.ReadFailed(_scan.Tag));
                break;
            case ReceiveTimeout:
                _log.NotRead(_persistenceId, _next, new TimeoutException($"the journal has not answered within {Patience.TotalSeconds} s"));
                Answer(new LogNews.ReadFailed(_scan.Tag));
                break;
        }
    }

    private void Ask()
    {
        _received = 0;
        _journal.Tell(new ReplayMessages(_next, _last, _asked, _persistenceId, Self));
    }

    private void Answer(LogNews news)
    {
        Context.Parent.Tell(news);
        Context.Stop(Self);
    }
}
