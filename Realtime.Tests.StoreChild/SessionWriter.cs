using Akka.Actor;
using Realtime.Messages.Ids;
using Realtime.Messages.Persisted.Events;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Events;

namespace Realtime.Tests.StoreChild;

/// <summary>Writes one session again and again; its record counts how often.</summary>
internal sealed class SessionWriter : UntypedActor
{
    private readonly SessionId _session;
    private readonly EventLogSettings _settings;
    private readonly Output _output;
    private readonly EventLogChild _log;
    private long _revision;

    public SessionWriter(SessionId session, EventLogSettings settings, Output output)
    {
        (_session, _settings, _output) = (session, settings, output);
        _log = new EventLogChild(Context, EntityIds.LogOf(session), settings);
    }

    protected override void PreStart() => _log.Start();

    protected override void OnReceive(object message)
    {
        switch (_log.Receive(message, out _))
        {
            case LogNews.Replayed replayed:
                _revision = replayed.Events.Select(logged => logged.Body).OfType<JournalEvent.SessionSaved>().Last().Record.Attempt;
                break;
            case LogNews.Recovered:
                _output.Recovered(_session.ToString(), _revision, 0);
                Append();
                break;
            case LogNews.Committed:
                _output.Acknowledged(_session.ToString(), _revision, _settings.Writer.Value);
                Append();
                break;
            case LogNews.RecoveryStarted or null:
                break;
            case var other:
                Environment.FailFast($"{_session}: {other}");
                break;
        }
    }

    private void Append() =>
        _log.Append(new JournalEvent.SessionSaved(new SessionRecord { Attempt = ++_revision, Ordinal = _settings.Writer.Value }));
}
