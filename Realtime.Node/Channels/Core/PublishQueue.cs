using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Channels.Core;

/// <summary>
/// The way of a publish into the log: recognised if it is a repeat, kept behind its predecessor, given its offset, appended, and only after
/// the commit sent to the feeds and answered. Without a journal the log takes it at once.
/// </summary>
/// <remarks>
/// One append is under way at a time; what comes meanwhile makes the next one. A refusal takes all that waits with it: a publish that
/// stayed would overtake the refused one when its client repeats it.
/// </remarks>
internal sealed class PublishQueue(NamespacePolicy space, ChannelPolicy policy, ChannelFeeds feeds)
{
    /// <summary>When the log should have been tried again, and its outcome is not here yet.</summary>
    private const long LeastRetryAfter = 100;

    private readonly Dictionary<(ProducerId, long), PendingPublish> _pendingSequences = [];
    private readonly List<PendingPublish> _queue = [];
    private List<PendingPublish> _underWay = [];
    private JournalEvent.ChannelAppended? _append;
    private long? _number;
    private long _bytes;
    private bool _isStopping;
    private (ErrorCode Code, string Why) _refusal;
    private long _pausedUntil = long.MinValue;

    /// <summary>When the log is tried again.</summary>
    private long _retryAt;

    public int Count => _queue.Count + _underWay.Count;

    /// <summary>An append is under way, or its outcome is unknown.</summary>
    public bool IsAppending => _append is not null;

    /// <summary>The log stopped last because the store has no room. It can be read as soon as it has recovered.</summary>
    public bool IsStoreFull => _refusal.Code is ErrorCode.StorageFull;

    public PublishRate Rate { get; } = new();

    public LogStatus Status { get; private set; } = space.Durability is Durability.Journal ? LogStatus.Starting : LogStatus.Usable;

    /// <summary>A memory log's former owner may have it: until that is known publishes wait.</summary>
    public void AwaitLog() => Status = LogStatus.Starting;

    /// <summary>The log is there, or begins anew: what waits is judged by it.</summary>
    public void Begin(ChannelLog log, long now, List<ChannelEffect> effects)
    {
        Status = LogStatus.Usable;
        List<PendingPublish> waiting = [.. _queue];
        _queue.Clear();
        waiting.ForEach(Forget);
        foreach (var pending in waiting)
        {
            if (TryJudge(log, pending, effects))
            {
                PublishVolatile(log, pending, now, effects);
            }
        }
    }

    public void Publish(ChannelLog log, ChannelRequest.Publish request, Asker asker, TimeSpan? at, long now, List<ChannelEffect> effects)
    {
        if (request is { Producer: { } producer, Sequence: { } sequence } && _pendingSequences.TryGetValue((producer, sequence), out var first))
        {
            first.AlsoAnswer(asker);
            return;
        }

        var pending = new PendingPublish(request, asker, at);
        if (_isStopping)
        {
            pending.Answer(tag => new ChannelReply.Retry(tag), effects);
        }
        else if (Status is LogStatus.Starting || TryJudge(log, pending, effects))
        {
            Admit(log, pending, now, effects);
        }
    }

    /// <summary>Appends what has gathered, unless an append is under way.</summary>
    public void AppendNext(ChannelLog log, long now, List<ChannelEffect> effects)
    {
        if (IsAppending || _queue.Count == 0 || Status is not LogStatus.Usable || _isStopping)
        {
            return;
        }

        var next = new List<PendingPublish>(Math.Min(_queue.Count, policy.AppendMessages));
        var taken = 0;
        for (long bytes = 0; taken < _queue.Count && next.Count < policy.AppendMessages; taken++)
        {
            var pending = _queue[taken];
            if (pending.Request.Expected is not null && log.HeadPosition with { Offset = log.Head + next.Count } is var end && !Fits(pending, end))
            {
                Forget(pending);
                RefuseMisfit(pending, end, effects);
                continue;
            }

            bytes += pending.Size;
            if (next.Count > 0 && bytes > policy.AppendBytes)
            {
                break;
            }

            next.Add(pending);
        }

        _queue.RemoveRange(0, taken);
        if (next.Count > 0)
        {
            _underWay = next;
            Append(AppendComposer.Compose(log, next, now), effects);
        }
    }

    /// <summary>Moves the tail without a message; only while no append is under way.</summary>
    public void AppendTail(long tail, List<ChannelEffect> effects) => Append(new JournalEvent.ChannelAppended([], tail), effects);

    /// <summary>A write found no room a short while ago.</summary>
    public bool IsPaused(long now) => now < _pausedUntil;

    /// <summary>The append that was just sent has this number.</summary>
    public void Appended(long number) => _number = number;

    public void Committed(ChannelLog log, long through, long now, List<ChannelEffect> effects)
    {
        if (_append is not { } append || _number is not { } number || number > through)
        {
            return;
        }

        log.Add(append);
        if (append.Messages.Count > 0)
        {
            Rate.Add(append.Messages.Count, now);
            feeds.SendBatch(log.Epoch, [.. append.Messages.Select(logged => logged.Message)], PendingPublish.TracesOf(_underWay), effects);
        }

        AnswerCommitted(log, effects);
        AppendNext(log, now, effects);
    }

    /// <summary>
    /// The log has stopped. What is under way has an unknown outcome and waits for the next recovery, unless the log knows it or there will be
    /// none; the rest was not written and is refused.
    /// </summary>
    public void Unavailable(LogNews.Unavailable news, long now, List<ChannelEffect> effects)
    {
        Status = LogStatus.Unavailable;
        _refusal = news.Reason is StoreFailureKind.StorageFull
            ? (ErrorCode.StorageFull, "the store has no room")
            : (ErrorCode.Unavailable, "the store does not answer");
        _pausedUntil = IsStoreFull ? now + (long)policy.FullPause.TotalMilliseconds : long.MinValue;
        _retryAt = Math.Max(_pausedUntil, now + (long)news.RetryAfter.TotalMilliseconds);
        if (news.NothingWritten)
        {
            _queue.InsertRange(0, _underWay);
            (_append, _number) = (null, null);
            _underWay = [];
        }
        else if (news.IsFinal)
        {
            RefuseAll(_underWay, Outcome.Unknown, now, effects);
            (_append, _number) = (null, null);
        }

        RefuseAll(_queue, Outcome.None, now, effects);
    }

    /// <summary>The log is recovered: what waits is judged anew by what is in it.</summary>
    public void Recovered(ChannelLog log, long committedThrough, long now, List<ChannelEffect> effects)
    {
        Status = LogStatus.Usable;
        if (_append is not null && _number <= committedThrough)
        {
            Rate.Add(_append.Messages.Count, now);
            AnswerCommitted(log, effects);
        }

        // What was under way and is not written goes first again: it came first.
        List<PendingPublish> waiting = [.. _underWay, .. _queue];
        (_append, _number) = (null, null);
        _underWay = [];
        _queue.Clear();
        waiting.ForEach(Forget);
        foreach (var pending in waiting)
        {
            if (_isStopping)
            {
                pending.Answer(tag => new ChannelReply.Retry(tag), effects);
            }
            else if (TryJudge(log, pending, effects))
            {
                Enqueue(pending);
            }
        }

        AppendNext(log, now, effects);
    }

    /// <summary>Begins nothing any more, and gives back what has not begun.</summary>
    public void Stop(List<ChannelEffect> effects)
    {
        _isStopping = true;
        foreach (var pending in _queue)
        {
            Forget(pending);
            pending.Answer(tag => new ChannelReply.Retry(tag), effects);
        }

        _queue.Clear();
    }

    /// <returns>Whether it is new and nothing is missing before it; else it is answered.</returns>
    private bool TryJudge(ChannelLog log, PendingPublish pending, List<ChannelEffect> effects)
    {
        if (pending.Request is not { Producer: { } producer, Sequence: { } sequence })
        {
            return true;
        }

        switch (log.Judge(producer, sequence, out var offset))
        {
            case SequenceVerdict.Known:
                pending.Answer(tag => new ChannelReply.Published(tag, PositionOf(log, offset)) { IsRepeat = true }, effects, isRepeat: true);
                return false;
            case SequenceVerdict.Expired:
                pending.Answer(
                    tag => new ChannelReply.Refused(
                        tag, ErrorCode.SeqExpired, "seq is older than the window of this producer on this channel", null, Outcome.Unknown),
                    effects);
                return false;
            default:
                break;
        }

        // Only a log that is up to date can say that something is missing.
        if (Status is LogStatus.Usable && space.KeepsLog && pending.Request.Predecessor is { } predecessor
            && !_pendingSequences.ContainsKey((producer, predecessor))
            && log.Judge(producer, predecessor, out _) is SequenceVerdict.New)
        {
            pending.Answer(tag => new ChannelReply.Retry(tag, predecessor), effects);
            return false;
        }

        return true;
    }

    private void Admit(ChannelLog log, PendingPublish pending, long now, List<ChannelEffect> effects)
    {
        if (Status is LogStatus.Unavailable || IsPaused(now))
        {
            Refuse(pending, Outcome.None, now, effects);
        }
        else if (_queue.Count >= policy.PendingMessages || (_bytes > 0 && _bytes + pending.Size > policy.PendingBytes))
        {
            pending.Answer(
                tag => new ChannelReply.Refused(tag, ErrorCode.Unavailable, "too many publishes wait on this channel", 500), effects);
        }
        else if (space.Durability is Durability.Journal || Status is LogStatus.Starting)
        {
            Enqueue(pending);
        }
        else
        {
            PublishVolatile(log, pending, now, effects);
        }
    }

    private void PublishVolatile(ChannelLog log, PendingPublish pending, long now, List<ChannelEffect> effects)
    {
        if (!Fits(pending, log.HeadPosition))
        {
            RefuseMisfit(pending, log.HeadPosition, effects);
            return;
        }

        var offset = space.KeepsLog ? log.Head + 1 : 0;
        var message = AppendComposer.ToMessage(log, pending.Request, offset, now);
        var logged = AppendComposer.ToLogged(pending.Request, message);
        if (space.KeepsLog)
        {
            log.TrimTo(log.TailAfter(1, message.Size));
            log.Add(logged);
        }
        else
        {
            log.Remember(logged);
        }

        Rate.Add(1, now);
        feeds.SendBatch(space.KeepsLog ? log.Epoch : default, [message], PendingPublish.TracesOf([pending]), effects);
        pending.Answer(tag => new ChannelReply.Published(tag, PositionOf(log, offset)), effects);
    }

    private bool Fits(PendingPublish pending, StreamPosition end) =>
        pending.Request.Expected is not { } expected || (space.KeepsLog && expected == end);

    private void RefuseMisfit(PendingPublish pending, StreamPosition end, List<ChannelEffect> effects)
    {
        var why = space.KeepsLog ? $"the channel ends at {end}, not at {pending.Request.Expected}" : "the channel keeps no log, so it has no position to expect";
        pending.Answer(tag => new ChannelReply.Refused(tag, ErrorCode.Conflict, why), effects);
    }

    private void Append(JournalEvent.ChannelAppended append, List<ChannelEffect> effects)
    {
        _append = append;
        effects.Add(new ChannelEffect.Append(append) { Traces = PendingPublish.TracesOf(_underWay) });
    }

    private void AnswerCommitted(ChannelLog log, List<ChannelEffect> effects)
    {
        foreach (var pending in _underWay)
        {
            Forget(pending);
            var offset = pending.Message!.Offset;
            pending.Answer(tag => new ChannelReply.Published(tag, PositionOf(log, offset)), effects);
        }

        _underWay = [];
        (_append, _number) = (null, null);
    }

    private void Enqueue(PendingPublish pending)
    {
        _queue.Add(pending);
        _bytes += pending.Size;
        if (pending.Request is { Producer: { } producer, Sequence: { } sequence })
        {
            _pendingSequences[(producer, sequence)] = pending;
        }
    }

    private void Forget(PendingPublish pending)
    {
        _bytes -= pending.Size;
        if (pending.Request is { Producer: { } producer, Sequence: { } sequence })
        {
            _pendingSequences.Remove((producer, sequence));
        }
    }

    private void RefuseAll(List<PendingPublish> all, Outcome outcome, long now, List<ChannelEffect> effects)
    {
        foreach (var pending in all)
        {
            Forget(pending);
            Refuse(pending, outcome, now, effects);
        }

        all.Clear();
    }

    private void Refuse(PendingPublish pending, Outcome outcome, long now, List<ChannelEffect> effects)
    {
        var after = (int)Math.Max(LeastRetryAfter, _retryAt - now);
        pending.Answer(tag => new ChannelReply.Refused(tag, _refusal.Code, _refusal.Why, after, outcome), effects);
    }

    private StreamPosition? PositionOf(ChannelLog log, long offset) => space.KeepsLog ? new StreamPosition(log.Epoch, offset) : null;
}
