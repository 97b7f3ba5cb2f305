using System.Globalization;
using System.Text;
using Akka.Actor;
using Realtime.Messages.Positions;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Events;

namespace Realtime.Tests.Persistence;

/// <summary>
/// A channel without anything but its log: keeps some appends under way, each with a text that is never used again, and notes what becomes of
/// them.
/// </summary>
internal sealed class AppendingLog : UntypedActor
{
    private const int UnderWay = 2;
    private readonly string _name;
    private readonly AppendLedger _ledger;
    private readonly EventLogChild _log;
    private readonly SortedDictionary<long, string> _open = [];
    private int _left;
    private int _made;
    private long _head;

    /// <param name="appends">After so many it begins no more.</param>
    public AppendingLog(string name, EventLogSettings settings, AppendLedger ledger, int appends)
    {
        (_name, _ledger, _left) = (name, ledger, appends);
        _log = new EventLogChild(Context, name, settings);
    }

    protected override void PreStart() => _log.Start();

    protected override void PostStop() => _log.PostStop();

    protected override void OnReceive(object message)
    {
        if (message is Enough)
        {
            _left = 0;
            return;
        }

        switch (_log.Receive(message, out _))
        {
            case LogNews.Recovered recovered:
                Answer(recovered.CommittedThrough, committed: true);
                Answer(long.MaxValue, committed: false);
                _head = recovered.Head;
                break;
            case LogNews.Committed committed:
                Answer(committed.Through, committed: true);
                break;
            case LogNews.Unavailable unavailable:
                _ledger.Stopped();
                Answer(unavailable.NothingWritten ? long.MaxValue : 0, committed: false);
                break;
            case LogNews.SnapshotDue due:
                _log.Snapshot(due.SequenceNr, ChannelState.Empty);
                break;
        }

        while (_log.IsUsable && _open.Count < UnderWay && _left > 0)
        {
            Append();
        }
    }

    private void Append()
    {
        _left--;
        _ledger.Sent();
        var text = string.Create(CultureInfo.InvariantCulture, $"{_name}/{++_made}");
        var message = new LogMessage(++_head, new Payload(Encoding.UTF8.GetBytes(text)), 1);
        _open.Add(_log.Append(new JournalEvent.ChannelAppended([new LoggedMessage(message)])), text);
    }

    private void Answer(long through, bool committed)
    {
        foreach (var (number, text) in _open.TakeWhile(append => append.Key <= through).ToList())
        {
            _ledger.Answer(text, committed);
            _open.Remove(number);
        }
    }

    public sealed record Enough
    {
        public static Enough Instance { get; } = new();
    }
}
