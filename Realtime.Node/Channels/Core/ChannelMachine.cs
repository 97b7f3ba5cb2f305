using Realtime.Cluster.Journal;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Channels.Core;

/// <summary>
/// A channel, as a pure machine: a log with its publishers, its readers, its listeners and who is present. A durable publish is
/// answered and told to listeners only after its commit has been reported by <see cref="ChannelInput.Written"/>.
/// </summary>
/// <remarks>
/// One append is under way at a time; what comes meanwhile makes the next one. Within a channel that keeps offsets and order trivially
/// right, and the journal's group commit supplies the rest of the batching across channels.
/// </remarks>
public sealed class ChannelMachine(ChannelName name, NamespacePolicy space, ChannelPolicy policy)
{
    private readonly ChannelLog _log = new(space, policy);
    private readonly PresenceRoster _roster = new();
    private readonly SortedList<string, long> _listeners = new(StringComparer.Ordinal);
    private readonly Dictionary<(ProducerId, long), PendingPublish> _pendingSequences = [];
    private List<PendingPublish> _queue = [];
    private List<PendingPublish> _underWay = [];
    private AppendRequest? _append;
    private long _pendingBytes;
    private bool _inDoubt;

    public ChannelLog Log => _log;

    public PresenceRoster Roster => _roster;

    /// <summary>Nothing would be lost or missed if this left memory.</summary>
    public bool CanPassivate =>
        _listeners.Count == 0 && _roster.Count == 0 && _append is null && _queue.Count == 0
        && (space.Durability is not Durability.Memory || _log.IsEmpty);

    public bool HasWritesUnderWay => _append is not null || _queue.Count > 0;

    public IEnumerable<NodeId> Listeners => _listeners.Keys.Select(node => new NodeId(node));

    public void Open(OpenLog log) => _log.Open(log);

    /// <param name="now">Milliseconds since 1970.</param>
    public void Step(ChannelInput input, long now, List<ChannelEffect> effects)
    {
        switch (input)
        {
            case ChannelInput.Asked asked:
                Answer(asked.Request, asked.From, now, effects);
                break;
            case ChannelInput.Written written when ReferenceEquals(written.Request, _append):
                Written(written.Outcome, effects);
                AppendNext(now, effects);
                break;
            case ChannelInput.Written written when written.Request.Messages.Count == 0:
                break;
            case ChannelInput.HeadKnown known when _inDoubt:
                Settle(known.Head, effects);
                AppendNext(now, effects);
                break;
            case ChannelInput.SliceRead read:
                LogReader.Finish(_log, read.Read, read.Slice, effects);
                break;
            case ChannelInput.TimeFound found:
                Found(found, effects);
                break;
            case ChannelInput.AgeTick:
                _log.ForgetProducers(now);
                if (space.History.Age is { } age && !_log.IsEmpty)
                {
                    effects.Add(new ChannelEffect.FindTime(default, null, now - (long)age.TotalMilliseconds));
                }

                break;
            default:
                break;
        }
    }

    private void Answer(ChannelRequest request, ReplyTo from, long now, List<ChannelEffect> effects)
    {
        switch (request)
        {
            case ChannelRequest.Publish publish:
                Publish(publish, from, now, effects);
                break;
            case ChannelRequest.Locate locate:
                LogReader.Locate(_log, locate, from, now, effects);
                break;
            case ChannelRequest.Read read:
                LogReader.Read(_log, read, from, effects);
                break;
            case ChannelRequest.ReadHistory history:
                LogReader.History(_log, history, from, now, effects);
                break;
            case ChannelRequest.Listen listen:
                _listeners[listen.Node.Name] = listen.Generation;
                effects.Add(new ChannelEffect.Reply(from, new ChannelReply.Listening(
                    listen.Generation, _log.HeadPosition, space.Presence ? _roster.Snapshot(space.RosterLimit) : null)));
                break;
            case ChannelRequest.Unlisten unlisten:
                if (_listeners.TryGetValue(unlisten.Node.Name, out var generation) && generation <= unlisten.Generation)
                {
                    _listeners.Remove(unlisten.Node.Name);
                }

                break;
            case ChannelRequest.Announce announce:
                var member = new Member(announce.Session, announce.User, announce.Data);
                if (_roster.Announce(member) is { } change)
                {
                    TellPresence(change, member, effects);
                }

                break;
            case ChannelRequest.Withdraw withdraw:
                if (_roster.Withdraw(withdraw.Session) is { } gone)
                {
                    TellPresence(PresenceChange.Left, gone, effects);
                }

                break;
            case ChannelRequest.WhoIsHere:
                effects.Add(new ChannelEffect.Reply(from, new ChannelReply.Present(_roster.Snapshot(space.RosterLimit))));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(request), request, "is not for channels");
        }
    }

    private void Publish(ChannelRequest.Publish request, ReplyTo from, long now, List<ChannelEffect> effects)
    {
        if (request is { Producer: { } producer, Sequence: { } sequence })
        {
            if (_pendingSequences.TryGetValue((producer, sequence), out var first))
            {
                first.AlsoAnswer(from);
                return;
            }

            switch (_log.Judge(producer, sequence, out var offset))
            {
                case SequenceVerdict.Known:
                    effects.Add(new ChannelEffect.Reply(from, new ChannelReply.Published(PositionOf(offset))));
                    return;
                case SequenceVerdict.Expired:
                    effects.Add(new ChannelEffect.Reply(from, new EntityReply.Refused(
                        ErrorCode.SeqExpired, "seq is older than the window of this producer on this channel", null, Outcome.Unknown)));
                    return;
                default:
                    break;
            }
        }

        if (_inDoubt || _queue.Count >= policy.PendingMessages || _pendingBytes + request.Payload.Length > policy.PendingBytes)
        {
            effects.Add(new ChannelEffect.Reply(from, new EntityReply.Refused(
                ErrorCode.Unavailable, _inDoubt ? "the store does not answer" : "too many publishes wait on this channel", 500)));
            return;
        }

        var pending = new PendingPublish(request, from);
        if (space.Durability is not Durability.Journal)
        {
            PublishVolatile(pending, now, effects);
            return;
        }

        _queue.Add(pending);
        _pendingBytes += pending.Size;
        if (request is { Producer: { } p, Sequence: { } s })
        {
            _pendingSequences.Add((p, s), pending);
        }

        AppendNext(now, effects);
    }

    private void PublishVolatile(PendingPublish pending, long now, List<ChannelEffect> effects)
    {
        var offset = space.KeepsLog ? _log.Head + 1 : 0;
        var message = ToMessage(pending.Request, offset, now);
        if (pending.Request is { Producer: { } producer, Sequence: { } sequence })
        {
            _log.Remember(new ProducerMark(producer, _log.MarksOf(producer), sequence, offset, now));
        }

        if (space.KeepsLog)
        {
            _log.TrimTo(_log.TailAfter(1, message.Size));
            _log.Add(message);
        }

        TellMessages([message], effects);
        pending.Answer(new ChannelReply.Published(PositionOf(offset)), effects);
    }

    private void AppendNext(long now, List<ChannelEffect> effects)
    {
        if (_append is not null || _inDoubt || _queue.Count == 0)
        {
            return;
        }

        (_underWay, _queue) = (_queue, _underWay);
        var messages = new List<LogMessage>(_underWay.Count);
        var marks = new List<ProducerMark>();
        var counts = new Dictionary<ProducerId, long>();
        var offset = _log.Head;
        long bytes = 0;
        foreach (var pending in _underWay)
        {
            pending.Message = ToMessage(pending.Request, ++offset, now);
            messages.Add(pending.Message);
            bytes += pending.Message.Size;
            if (pending.Request is { Producer: { } producer, Sequence: { } sequence })
            {
                var count = counts.TryGetValue(producer, out var taken) ? taken : _log.MarksOf(producer);
                marks.Add(new ProducerMark(producer, count, sequence, offset, now));
                counts[producer] = count + 1;
            }
        }

        var tail = _log.TailAfter(messages.Count, bytes);
        _append = new AppendRequest(_log.Id, _log.Head, messages, marks, tail > _log.Tail ? tail : null);
        effects.Add(new ChannelEffect.Append(_append));
    }

    private void Written(WriteOutcome outcome, List<ChannelEffect> effects)
    {
        switch (outcome)
        {
            case WriteOutcome.Committed:
                Commit(effects);
                break;
            case WriteOutcome.Unknown:
                _inDoubt = true;
                effects.Add(new ChannelEffect.Resolve());
                break;
            case WriteOutcome.Conflict:
                Refuse(ErrorCode.Unavailable, "the channel was written by somebody else", 1000, Outcome.None, effects);
                GiveUp("head conflict under ownership", effects);
                break;
            case WriteOutcome.StorageFull:
                Refuse(ErrorCode.StorageFull, "the store has no room", 30_000, Outcome.None, effects);
                break;
            case WriteOutcome.Busy:
                Refuse(ErrorCode.Unavailable, "too many writes wait for the store", 500, Outcome.None, effects);
                break;
            default:
                Refuse(ErrorCode.Unavailable, "the store does not answer", 2000, Outcome.None, effects);
                break;
        }
    }

    /// <summary>The answer to <see cref="ChannelEffect.Resolve"/>: by the head one can tell whether the append went through.</summary>
    private void Settle(long head, List<ChannelEffect> effects)
    {
        _inDoubt = false;
        if (head == _append!.ExpectedHead + _append.Messages.Count)
        {
            Commit(effects);
        }
        else if (head == _append.ExpectedHead)
        {
            Refuse(ErrorCode.Unavailable, "the store did not take it", 1000, Outcome.None, effects);
        }
        else
        {
            Refuse(ErrorCode.Unavailable, "the store cannot say whether it took it", 1000, Outcome.Unknown, effects);
            GiveUp("head is neither before nor after the append in doubt", effects);
        }
    }

    private void Commit(List<ChannelEffect> effects)
    {
        var append = _append!;
        _append = null;
        if (append.Tail is { } tail)
        {
            _log.TrimTo(Math.Min(tail, _log.Head + 1));
        }

        foreach (var message in append.Messages)
        {
            _log.Add(message);
        }

        if (append.Tail is { } moved)
        {
            _log.TrimTo(moved);
        }

        foreach (var mark in append.Marks)
        {
            _log.Remember(mark);
        }

        TellMessages(append.Messages, effects);
        foreach (var pending in _underWay)
        {
            Forget(pending);
            pending.Answer(new ChannelReply.Published(PositionOf(pending.Message!.Offset)), effects);
        }

        _underWay.Clear();
    }

    private void Refuse(ErrorCode code, string why, int retryAfter, Outcome outcome, List<ChannelEffect> effects)
    {
        _append = null;
        foreach (var pending in _underWay)
        {
            Forget(pending);
            pending.Answer(new EntityReply.Refused(code, why, retryAfter, outcome), effects);
        }

        _underWay.Clear();
    }

    /// <summary>What still waits was never sent to the store: its askers are told so, or they would wait for an answer that cannot come.</summary>
    private void GiveUp(string reason, List<ChannelEffect> effects)
    {
        (_underWay, _queue) = (_queue, _underWay);
        Refuse(ErrorCode.Unavailable, "the channel has to be loaded again", 1000, Outcome.None, effects);
        effects.Add(new ChannelEffect.GiveUp(reason));
    }

    private void Forget(PendingPublish pending)
    {
        _pendingBytes -= pending.Size;
        if (pending.Request is { Producer: { } producer, Sequence: { } sequence })
        {
            _pendingSequences.Remove((producer, sequence));
        }
    }

    private void Found(ChannelInput.TimeFound found, List<ChannelEffect> effects)
    {
        switch (found.Request)
        {
            case null when found.Offset is { } old && old >= _log.Tail && _append is null:
                // Capped: a clock that jumped ahead must not empty a log in one step.
                var tail = Math.Min(old + 1, _log.Tail + Math.Max(1000, (_log.Head - _log.Tail + 1) / 10));
                if (space.Durability is Durability.Journal)
                {
                    effects.Add(new ChannelEffect.Append(new AppendRequest(_log.Id, _log.Head, [], [], tail)));
                }

                _log.TrimTo(tail);
                break;
            case null:
                break;
            case ChannelRequest.Locate when found.Offset is { } before:
                var position = new StreamPosition(_log.Epoch, Math.Clamp(before, _log.Tail - 1, _log.Head));
                effects.Add(new ChannelEffect.Reply(found.To, new ChannelReply.Located(position, _log.HeadPosition, null, null)));
                break;
            case ChannelRequest.ReadHistory history when found.Offset is { } before:
                LogReader.HistoryAfter(_log, history, before, found.To, effects);
                break;
            default:
                effects.Add(new ChannelEffect.Reply(
                    found.To, new EntityReply.Refused(ErrorCode.Unavailable, "the store cannot be read now", 1000)));
                break;
        }
    }

    private StreamPosition? PositionOf(long offset) => space.KeepsLog ? new StreamPosition(_log.Epoch, offset) : null;

    private void TellMessages(IReadOnlyList<LogMessage> messages, List<ChannelEffect> effects)
    {
        foreach (var node in _listeners.Keys)
        {
            effects.Add(new ChannelEffect.Tell(
                new NodeId(node), new ChannelNews.Messages(name, space.KeepsLog ? _log.Epoch : default, messages)));
        }
    }

    private void TellPresence(PresenceChange change, Member member, List<ChannelEffect> effects)
    {
        IReadOnlyList<Member> members = _roster.Count > space.RosterLimit ? [] : [member];
        foreach (var node in _listeners.Keys)
        {
            effects.Add(new ChannelEffect.Tell(
                new NodeId(node), new ChannelNews.Presence(name, change, members, _roster.Count, _roster.Revision)));
        }
    }

    private static LogMessage ToMessage(ChannelRequest.Publish request, long offset, long now) =>
        new(offset, request.Payload, now, request.From, request.User) { Echo = request.Echo, Tags = request.Tags };
}
