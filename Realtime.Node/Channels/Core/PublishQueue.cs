using Realtime.Cluster.Journal;
using Realtime.Cluster.Kernel;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Channels.Core;

/// <summary>
/// The way of a publish into the log: recognised if it is a repeat, given its offset, appended, and only after the commit told to the
/// listeners and answered. Without a journal the log takes it at once.
/// </summary>
/// <remarks>
/// One append is under way at a time; what comes meanwhile makes the next one. Within a channel that keeps offsets and order trivially
/// right, and the journal's group commit supplies the rest of the batching across channels.
/// </remarks>
internal sealed class PublishQueue(NamespacePolicy space, ChannelPolicy policy, ChannelLog log, ChannelListeners listeners)
{
    private readonly Dictionary<(ProducerId, long), PendingPublish> _pendingSequences = [];
    private List<PendingPublish> _queue = [];
    private List<PendingPublish> _underWay = [];
    private AppendRequest? _append;
    private ByteBudget _pending = new(policy.PendingBytes);
    private bool _inDoubt;
    private bool _ending;

    public bool IsAppending => _append is not null;

    public bool HasPublishesAtHand => _append is null && !_inDoubt && !_ending && _queue.Count > 0;

    public int Count => _queue.Count + _underWay.Count;

    public PublishRate Rate { get; } = new();

    public bool HasWritesUnderWay => _append is not null || _queue.Count > 0;

    /// <param name="at"><see cref="ChannelInput.Asked.At"/>.</param>
    public void Publish(ChannelRequest.Publish request, ReplyTo from, long now, long? at, List<ChannelEffect> effects)
    {
        if (request is { Producer: { } producer, Sequence: { } sequence })
        {
            if (_pendingSequences.TryGetValue((producer, sequence), out var first))
            {
                first.AlsoAnswer(from);
                return;
            }

            switch (log.Judge(producer, sequence, out var offset))
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

        var pending = new PendingPublish(request, from, at);
        if (_inDoubt || _queue.Count >= policy.PendingMessages || !_pending.Fits(request.Payload.Length))
        {
            pending.Answer(new EntityReply.Refused(
                ErrorCode.Unavailable, _inDoubt ? "the store does not answer" : "too many publishes wait on this channel", 500), effects);
            return;
        }

        if (space.Durability is not Durability.Journal)
        {
            PublishVolatile(pending, now, effects);
            return;
        }

        _queue.Add(pending);
        _pending.Take(pending.Size);
        if (request is { Producer: { } p, Sequence: { } s })
        {
            _pendingSequences.Add((p, s), pending);
        }
    }

    private void PublishVolatile(PendingPublish pending, long now, List<ChannelEffect> effects)
    {
        var offset = space.KeepsLog ? log.Head + 1 : 0;
        var message = AppendComposer.ToMessage(log, pending.Request, offset, now);
        if (pending.Request is { Producer: { } producer, Sequence: { } sequence })
        {
            log.Remember(new ProducerMark(producer, log.MarksOf(producer), sequence, offset, now));
        }

        if (space.KeepsLog)
        {
            log.TrimTo(log.TailAfter(1, message.Size));
            log.Add(message);
        }

        Rate.Add(1, now);
        listeners.TellMessages(log, [message], PendingPublish.TracesOf([pending]), effects);
        pending.Answer(new ChannelReply.Published(PositionOf(offset)), effects);
    }

    /// <summary>Appends what has gathered, unless an append is under way.</summary>
    public void AppendNext(long now, List<ChannelEffect> effects)
    {
        if (!HasPublishesAtHand)
        {
            return;
        }

        (_underWay, _queue) = (_queue, _underWay);
        _append = AppendComposer.Compose(log, _underWay, now);
        effects.Add(new ChannelEffect.Append(_append) { Traces = PendingPublish.TracesOf(_underWay) });
    }

    /// <summary>The shard goes elsewhere: what is under way is waited for, and nothing else begun.</summary>
    public void End() => _ending = true;

    /// <summary>Gives what was not begun to the next owner.</summary>
    public void HandOver(List<ChannelEffect> effects)
    {
        foreach (var pending in _queue)
        {
            Forget(pending);
            pending.HandOver(effects);
        }

        _queue.Clear();
    }

    public void Written(ChannelInput.Written written, long now, List<ChannelEffect> effects)
    {
        if (ReferenceEquals(written.Request, _append))
        {
            Written(written.Outcome, now, effects);
            AppendNext(now, effects);
        }
        else if (written.Outcome is WriteOutcome.Fenced && _append is null)
        {
            // Only the tail was to be moved, but whoever may not do that may not append either.
            Fenced(effects);
        }
    }

    /// <summary>The answer to <see cref="ChannelEffect.Resolve"/>: by the head one can tell whether the append went through.</summary>
    public void HeadKnown(long head, long now, List<ChannelEffect> effects)
    {
        if (_inDoubt)
        {
            Settle(head, now, effects);
            AppendNext(now, effects);
        }
    }

    private void Written(WriteOutcome outcome, long now, List<ChannelEffect> effects)
    {
        switch (outcome)
        {
            case WriteOutcome.Committed:
                Commit(now, effects);
                break;
            case WriteOutcome.Unknown:
                _inDoubt = true;
                effects.Add(new ChannelEffect.Resolve());
                break;
            case WriteOutcome.Conflict:
                Refuse(ErrorCode.Unavailable, "the channel was written by somebody else", 1000, Outcome.None, effects);
                GiveUp("head conflict under ownership", effects);
                break;
            case WriteOutcome.Fenced:
                Fenced(effects);
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

    /// <summary>Nothing of it was written, and whoever owns the shard now can do it: nobody is refused.</summary>
    private void Fenced(List<ChannelEffect> effects)
    {
        _append = null;
        _ending = true;
        foreach (var pending in _underWay)
        {
            Forget(pending);
            pending.HandOver(effects);
        }

        _underWay.Clear();
        HandOver(effects);
        effects.Add(new ChannelEffect.Fenced());
    }

    private void Settle(long head, long now, List<ChannelEffect> effects)
    {
        _inDoubt = false;
        if (head == _append!.ExpectedHead + _append.Messages.Count)
        {
            Commit(now, effects);
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

    private void Commit(long now, List<ChannelEffect> effects)
    {
        var append = _append!;
        _append = null;
        if (append.Tail is { } tail)
        {
            log.TrimTo(Math.Min(tail, log.Head + 1));
        }

        foreach (var message in append.Messages)
        {
            log.Add(message);
        }

        if (append.Tail is { } moved)
        {
            log.TrimTo(moved);
        }

        foreach (var mark in append.Marks)
        {
            log.Remember(mark);
        }

        Rate.Add(append.Messages.Count, now);
        listeners.TellMessages(log, append.Messages, PendingPublish.TracesOf(_underWay), effects);
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
        if (_ending)
        {
            HandOver(effects);
        }
        else
        {
            (_underWay, _queue) = (_queue, _underWay);
            Refuse(ErrorCode.Unavailable, "the channel has to be loaded again", 1000, Outcome.None, effects);
        }

        effects.Add(new ChannelEffect.GiveUp(reason));
    }

    private void Forget(PendingPublish pending)
    {
        _pending.Release(pending.Size);
        if (pending.Request is { Producer: { } producer, Sequence: { } sequence })
        {
            _pendingSequences.Remove((producer, sequence));
        }
    }

    private StreamPosition? PositionOf(long offset) => space.KeepsLog ? new StreamPosition(log.Epoch, offset) : null;
}
