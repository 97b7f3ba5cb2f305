using Akka.Actor;
using Realtime.Messages.Ids;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Events;

namespace Realtime.Tests.StoreChild;

/// <summary>Keeps some appends to one channel's log under way. Each trims to the newest messages.</summary>
internal sealed class ChannelWriter : UntypedActor
{
    private const int UnderWay = 4;
    private readonly ChannelName _channel;
    private readonly EventLogSettings _settings;
    private readonly Output _output;
    private readonly EventLogChild _log;
    private readonly Queue<(long Append, long Head)> _waiting = new();
    private long _head;

    public ChannelWriter(ChannelName channel, EventLogSettings settings, Output output)
    {
        (_channel, _settings, _output) = (channel, settings, output);
        _log = new EventLogChild(Context, EntityIds.LogOf(channel), settings);
    }

    protected override void PreStart() => _log.Start();

    protected override void OnReceive(object message)
    {
        switch (_log.Receive(message, out _))
        {
            case LogNews.Recovered recovered:
                _head = recovered.Head;
                _output.Recovered(_channel.Value, recovered.Head, recovered.Tail);
                for (var i = 0; i < UnderWay; i++)
                {
                    Append();
                }

                break;
            case LogNews.Committed committed:
                while (_waiting.TryPeek(out var first) && first.Append <= committed.Through)
                {
                    _output.Acknowledged(_channel.Value, _waiting.Dequeue().Head, _settings.Writer.Value);
                    Append();
                }

                break;
            case LogNews.SnapshotDue due:
                _log.Snapshot(due.SequenceNr, ChannelState.Empty);
                break;
            case LogNews.RecoveryStarted or LogNews.Replayed or null:
                break;
            case var other:
                Environment.FailFast($"{_channel}: {other}");
                break;
        }
    }

    private void Append()
    {
        var messages = new LoggedMessage[Workload.Group];
        for (var i = 0; i < messages.Length; i++)
        {
            messages[i] = new LoggedMessage(Workload.Message(_channel, ++_head, _settings.Writer.Value));
        }

        var tail = _head - Workload.Kept + 1;
        _waiting.Enqueue((_log.Append(new JournalEvent.ChannelAppended(messages, tail > 1 ? tail : null)), _head));
    }
}
