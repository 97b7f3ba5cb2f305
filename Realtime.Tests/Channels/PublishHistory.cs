using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence.Events;

namespace Realtime.Tests.Channels;

/// <summary>
/// Runs a random sequence against a channel and a model of its log, with producers that publish in order and go back as connections do,
/// and holds every answer, every batch and every page against what the guarantees say.
/// </summary>
internal sealed class PublishHistory
{
    private readonly MachineRig _rig = new(
        new NamespacePolicy("chat") { History = new HistoryLimits { Count = 12 } }, new ChannelPolicy { RecentMessages = 4, PendingMessages = 6, AppendMessages = 3 });

    private readonly Dictionary<long, string> _texts = [];
    private readonly ModelConnection[] _connections = [new("p0"), new("p1")];
    private long _heard;
    private int _unnumbered;
    private int _foreign;

    public PublishHistory()
    {
        _rig.Sent = (_, message) => Check(message);
        _rig.Listen();
    }

    public void Run(IEnumerable<int> steps)
    {
        foreach (var step in steps)
        {
            Do(step % 12, step / 12);
        }

        Settle();
        foreach (var connection in _connections)
        {
            connection.Unanswered.ShouldBeEmpty("a publish was never answered");
        }

        var texts = _rig.Log.All.Select(logged => MachineRig.TextOf(logged!.Message)).ToList();
        texts.ShouldBeUnique("a repeat was stored twice");
        foreach (var connection in _connections)
        {
            // I3: in the order of their numbers.
            var mine = _rig.Log.All.Where(logged => logged!.Producer?.Value == connection.Producer).Select(logged => logged!.Sequence!.Value).ToList();
            mine.ShouldBe(mine.Order());
        }
    }

    private void Do(int kind, int detail)
    {
        switch (kind)
        {
            case 0 or 1 or 2 or 3:
                Publish(_connections[detail % 2]);
                break;
            case 4:
                // The request is lost on its way; the connection sends it again later.
                _connections[detail % 2].Next();
                break;
            case 5:
                if (detail % 3 == 0)
                {
                    WaitForRoom();
                }

                Repeat(_connections[detail % 2]);
                break;
            case 6:
                _texts[PeekTag()] = $"u{++_unnumbered}";
                _rig.Publish($"u{_unnumbered}");
                break;
            case 7 or 8:
                _rig.Commit(1);
                break;
            case 9 when _rig.Log.IsUp && detail % 3 == 2:
                _rig.FailFull();
                break;
            case 9 when _rig.Log.IsUp:
                _rig.Fail(written: detail % 2);
                break;
            case 10 when !_rig.Log.IsUp:
                if (detail % 3 == 0)
                {
                    _rig.Log.WriteForeign(new LoggedMessage(new LogMessage(_rig.Log.Head + 1, MachineRig.Text($"f{++_foreign}"), _rig.Now)));
                }

                Recover();
                break;
            case 11 when _rig.Log.IsUp:
                // The channel starts anew, with whatever was under way written or not.
                _rig.Fail(written: detail % 2);
                _rig.Restart(snapshotAt: detail % 5);
                _rig.Listen(attempt: 100 + _rig.Replies.Count);
                _heard = _rig.Machine.Log.Head;
                break;
            default:
                ReadAll();
                break;
        }

        _rig.Machine.Log.Head.ShouldBeLessThanOrEqualTo(_rig.Log.Head);
    }

    private void Settle()
    {
        if (!_rig.Log.IsUp)
        {
            Recover();
        }

        WaitForRoom();
        for (var round = 0; round < 200 && _connections.Any(connection => connection.Unanswered.Count > 0); round++)
        {
            _rig.Commit();
            Array.ForEach(_connections, Repeat);
        }

        _rig.Commit();
        ReadAll();
    }

    private void WaitForRoom() => _rig.Now += (long)_rig.Policy.FullPause.TotalMilliseconds;

    private void Recover()
    {
        _rig.Recover();
        _heard = _rig.Machine.Log.Head;
    }

    private void Publish(ModelConnection connection) => Send(connection, connection.Next());

    /// <summary>All that is unanswered, oldest first, as a connection does after its pause.</summary>
    private void Repeat(ModelConnection connection) => connection.Unanswered.ToList().ForEach(sequence => Send(connection, sequence));

    private void Send(ModelConnection connection, long sequence)
    {
        if (!connection.Unanswered.Contains(sequence))
        {
            return;
        }

        var text = $"{connection.Producer}.{sequence}";
        _texts[PeekTag()] = text;
        _rig.Publish(text, sequence, connection.PredecessorOf(sequence), connection.Producer);
    }

    private long PeekTag() => _rig.NextTag;

    private void Check(object message)
    {
        switch (message)
        {
            case ChannelNews.Batch batch:
                foreach (var item in batch.Messages)
                {
                    item.Offset.ShouldBe(++_heard, "a batch does not follow the one before");
                    _rig.Log.All[(int)item.Offset - 1]!.Message.ShouldBeSameAs(item, "it was sent before its commit");
                }

                break;
            case ChannelReply.Published published:
                var text = _texts[published.Tag];
                MachineRig.TextOf(_rig.Log.All[(int)published.Position!.Value.Offset - 1]!.Message).ShouldBe(text, "it is not where its answer says");
                Array.ForEach(_connections, connection => connection.Answered(text));
                break;
            case ChannelReply.Refused { Code: ErrorCode.Unavailable, Outcome: Outcome.None } refused when _texts.TryGetValue(refused.Tag, out var refusedText):
                _rig.Log.All.ShouldNotContain(logged => MachineRig.TextOf(logged!.Message) == refusedText, "a definite refusal was written");
                Array.ForEach(_connections, connection => connection.Refused(refusedText));
                break;
            default:
                break;
        }
    }

    private void ReadAll()
    {
        var at = Math.Max(0, _rig.Machine.Log.Tail - 1);
        while (_rig.Log.IsUp && at < _rig.Machine.Log.Head)
        {
            var page = _rig.Read(at, limit: 5);
            page.Messages.Count.ShouldBeGreaterThan(0);
            foreach (var message in page.Messages)
            {
                message.ShouldBe(_rig.Log.All[(int)at]!.Message);
                at++;
            }
        }
    }

    /// <summary>A client that publishes one number after the other; refused numbers are given up, unanswered ones repeated in order.</summary>
    private sealed class ModelConnection(string producer)
    {
        private readonly SortedSet<long> _unanswered = [];
        private long _last;

        public string Producer => producer;

        public IReadOnlyCollection<long> Unanswered => _unanswered;

        public long Next()
        {
            _unanswered.Add(++_last);
            return _last;
        }

        public long? PredecessorOf(long sequence) => _unanswered.Where(other => other < sequence).Select(other => (long?)other).Max();

        public void Answered(string text) => Refused(text);

        public void Refused(string text)
        {
            if (text.StartsWith(producer + ".", StringComparison.Ordinal))
            {
                _unanswered.Remove(long.Parse(text.AsSpan(producer.Length + 1), System.Globalization.CultureInfo.InvariantCulture));
            }
        }
    }
}
