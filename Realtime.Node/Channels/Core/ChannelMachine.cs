using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence;

namespace Realtime.Node.Channels.Core;

/// <summary>
/// A channel, as a pure machine: a log with its publishers, its readers, the feeds that listen and who is present. A durable publish is
/// answered and sent to feeds only after its commit.
/// </summary>
public sealed class ChannelMachine
{
    private readonly NamespacePolicy _space;
    private readonly ChannelPolicy _policy;
    private readonly ChannelFeeds _feeds;
    private readonly PresenceRoster _roster;
    private readonly FeedRequests _feedRequests;
    private readonly PublishQueue _publishes;
    private readonly LogReader _reader;
    private readonly HistoryTrimmer _trimmer;
    private readonly ChannelReports? _reports;
    private readonly Epoch _epoch;

    /// <summary>Reads that came before the first recovery.</summary>
    private readonly List<ChannelInput.Asked> _waiting = [];
    private ChannelLog _log;

    /// <summary>Built by a recovery; replaces the log in use when that is complete.</summary>
    private ChannelLog? _recovering;
    private long _lastUsed;
    private long? _forgetDue;
    private bool _isStopping;

    /// <param name="epoch">Of a log that lives in memory; a durable one brings its own.</param>
    /// <param name="now">Milliseconds since 1970.</param>
    /// <param name="remembered">From before the process began; null: nothing is known.</param>
    /// <param name="awaitsLog">A memory channel's former owner may have left its log: <see cref="ChannelInput.LogTaken"/> follows.</param>
    /// <param name="reports">What the application wants to learn of.</param>
    public ChannelMachine(
        ChannelName name, NamespacePolicy space, ChannelPolicy policy, Epoch epoch, long now, RememberedRoster? remembered = null, bool awaitsLog = false, WantedReports reports = default)
    {
        _space = space;
        _policy = policy;
        _lastUsed = now;
        _feeds = new ChannelFeeds(name, space.KeepsLog);
        _roster = new PresenceRoster((long)policy.UnclaimedGrace.TotalMilliseconds);
        _roster.Open(now, remembered);
        _reports = ChannelReports.Of(name, space, policy, _roster, reports, now);
        _feedRequests = new FeedRequests(space, policy, _feeds, _roster, _reports);
        _publishes = new PublishQueue(space, policy, _feeds);
        _reader = new LogReader(_roster, space.Presence, space.RosterLimit);
        _trimmer = new HistoryTrimmer(space, _publishes, _reader);
        _log = new ChannelLog(space, policy);
        _epoch = epoch;
        if (awaitsLog)
        {
            _publishes.AwaitLog();
        }
        else if (space.Durability is not Durability.Journal)
        {
            _log.Begin(epoch);
        }
    }

    public ChannelLog Log => _log;

    public LogStatus Status => _publishes.Status;

    /// <summary>Nothing would be lost or missed if this left memory, and nothing is left to delete.</summary>
    public bool CanPassivate => _feeds.IsEmpty && _roster.Count == 0 && _publishes.Count == 0 && !_publishes.IsAppending && _waiting.Count == 0
        && _reports is not { IsIdle: false }
        && (_space.Durability is Durability.Journal ? _log.Tail == _log.KeptTail && !_reader.FindsAge : (_log.IsEmpty && !_log.HasProducers && !_log.Epoch.IsNone));

    /// <summary>When to step a <see cref="ChannelInput.Tick"/> (milliseconds since 1970); null while nothing will be due.</summary>
    public long? Due
    {
        get
        {
            var due = Math.Min(_roster.Due ?? long.MaxValue, _forgetDue ?? long.MaxValue);
            due = Math.Min(due, _trimmer.Due(_log) ?? long.MaxValue);
            due = Math.Min(due, (_isStopping ? null : _reports?.Due) ?? long.MaxValue);
            due = CanPassivate && !_isStopping ? Math.Min(due, IdleDue) : due;
            return due == long.MaxValue ? null : due;
        }
    }

    private long IdleDue => _lastUsed + (long)_policy.PassivateAfter.TotalMilliseconds;

    private bool CanRead => Status is LogStatus.Usable && !_isStopping;

    public void Step(ChannelInput input, long now, List<ChannelEffect> effects)
    {
        _log.HideExpired(now);
        switch (input)
        {
            case ChannelInput.Asked asked:
                Answer(asked, now, effects);
                break;
            case ChannelInput.Log log:
                OnLog(log.News, now, effects);
                break;
            case ChannelInput.LogTaken taken:
                OnTaken(taken.Taken, now, effects);
                break;
            case ChannelInput.Appended appended:
                _publishes.Appended(appended.Number);
                break;
            case ChannelInput.Tick:
                OnTick(now, effects);
                break;
            case ChannelInput.Stopping:
                Stop(effects);
                break;
            case ChannelInput.Reported reported:
                _reports?.Written(reported.Tag);
                break;
            case ChannelInput.NodeRemoved removed:
                _feedRequests.RemoveNode(removed.Node, now);
                break;
            case ChannelInput.Sweep:
                _feedRequests.RemoveSilent(now);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(input), input, "is no input of a channel");
        }

        if (_reports is not null && !_isStopping)
        {
            _reports.OnFeeds(!_feeds.IsEmpty, wereLost: input is ChannelInput.NodeRemoved or ChannelInput.Sweep, now);
            _reports.Settle(now, effects);
        }

        _forgetDue ??= _log.HasProducers ? now + (long)_policy.SequenceWindow.TotalMilliseconds : null;
    }

    /// <summary>
    /// What the next owner needs of a log that lives in memory; null: there is none, or nothing in it that anybody could miss. Those who listen to an empty one would miss its epoch: another one
    /// would be a gap to them.
    /// </summary>
    public MemoryLog? Keep() =>
        _space.Durability is Durability.Memory && !_log.Epoch.IsNone && !(_log.IsEmpty && !_log.HasProducers && _feeds.IsEmpty) ? _log.Keep() : null;

    /// <summary>What the next owner is to be asked, so that nothing stays unreported; null: nothing.</summary>
    public ChannelRequest.Report? Unreported => _reports?.HandOn();

    /// <summary>The channel has stopped here: the feeds look for it elsewhere.</summary>
    public void SendMoved(List<ChannelEffect> effects) => _feeds.SendMoved(effects);

    private void Answer(ChannelInput.Asked asked, long now, List<ChannelEffect> effects)
    {
        var asker = new Asker(asked.Sender, asked.Request.Tag);
        if (asked.Request is not (ChannelRequest.Inspect or ChannelRequest.Renew))
        {
            _lastUsed = now;
        }

        switch (asked.Request)
        {
            case ChannelRequest.Inspect inspect:
                Send(asker, new ChannelReply.Inspected(asker.Tag, ChannelInspection.Of(_space, _log, Head, _publishes, _feeds, _roster, inspect.Brief, now)), effects);
                break;
            case ChannelRequest.Renew or ChannelRequest.Taken:
                _feedRequests.Answer(asked, Head, _reader, now, effects);
                break;
            case ChannelRequest.Publish publish:
                _publishes.Publish(_log, publish, asker, asked.At, now, effects);
                _publishes.AppendNext(_log, now, effects);
                break;
            case ChannelRequest.PublishMany many:
                foreach (var publish in many.Publishes)
                {
                    _publishes.Publish(_log, publish, new Asker(asked.Sender, publish.Tag), asked.At, now, effects);
                }

                // All of them make one append.
                _publishes.AppendNext(_log, now, effects);
                break;
            case ChannelRequest.Trim trim:
                Send(asker, !_isStopping && _trimmer.TryTrim(_log, trim.Through, CanRead, now, effects) ? new ChannelReply.Noted(trim.Tag) : new ChannelReply.Retry(trim.Tag), effects);
                break;
            case not null when _isStopping:
                Send(asker, new ChannelReply.Retry(asker.Tag), effects);
                break;
            case ChannelRequest.Report report:
                _reports?.Doubt(report.Members, now);
                Note(asker, effects);
                break;
            case ChannelRequest.Listen or ChannelRequest.Unlisten or ChannelRequest.Claim or ChannelRequest.Withdraw or ChannelRequest.ReadRoster:
                _feedRequests.Answer(asked, Head, _reader, now, effects);
                break;
            default:
                Read(asked, asker, now, effects);
                break;
        }
    }

    private void Read(ChannelInput.Asked asked, Asker asker, long now, List<ChannelEffect> effects)
    {
        var comesBack = Status is LogStatus.Unavailable && _publishes.IsStoreFull;
        if (_log.Epoch.IsNone || comesBack)
        {
            if ((Status is LogStatus.Unavailable && !comesBack) || _waiting.Count >= _policy.PendingMessages)
            {
                Refuse(asker, effects);
            }
            else
            {
                _waiting.Add(asked);
            }

            return;
        }

        switch (asked.Request)
        {
            case ChannelRequest.Subscribe subscribe:
                _reader.Subscribe(_log, subscribe, asker, now, CanRead, effects);
                break;
            case ChannelRequest.Read read:
                _reader.Read(_log, read, asker, CanRead, effects);
                break;
            case ChannelRequest.ReadHistory history:
                _reader.History(_log, history, asker, now, CanRead, effects);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(asked), asked.Request, "is not for channels");
        }
    }

    private void OnTaken(MemoryLog? taken, long now, List<ChannelEffect> effects)
    {
        if (taken is not null)
        {
            _log.Begin(taken);
            _log.HideExpired(now);
        }
        else
        {
            _log.Begin(_epoch);
        }

        _feeds.SendHead(_log.HeadPosition, effects);
        _publishes.Begin(_log, now, effects);
        AnswerWaiting(now, effects);
    }

    private void OnLog(LogNews news, long now, List<ChannelEffect> effects)
    {
        switch (news)
        {
            case LogNews.RecoveryStarted started:
                _recovering = new ChannelLog(_space, _policy);
                _recovering.Restore(started.Snapshot);
                break;
            case LogNews.Replayed replayed:
                foreach (var logged in replayed.Events)
                {
                    _recovering!.Replay(logged.Body);
                }

                break;
            case LogNews.Recovered recovered:
                _log = _recovering!;
                _recovering = null;
                _log.Complete(recovered.Epoch, recovered.Head, recovered.Tail);
                _log.HideExpired(now);
                _feeds.SendHead(_log.HeadPosition, effects);
                _publishes.Recovered(_log, recovered.CommittedThrough, now, effects);
                AnswerWaiting(now, effects);
                break;
            case LogNews.Committed committed:
                _publishes.Committed(_log, committed.Through, now, effects);
                break;
            case LogNews.SnapshotDue due:
                _log.ForgetProducers(now);
                effects.Add(new ChannelEffect.Snapshot(due.SequenceNr, _log.Export(_policy.SnapshotMarks)));
                break;
            case LogNews.PageRead read:
                _reader.PageRead(_log, read, now, CanRead, effects);
                break;
            case LogNews.TimeFound found:
                if (_reader.TimeFound(_log, found, CanRead, effects) is { } expired)
                {
                    _trimmer.TrimAge(_log, expired, CanRead, now, effects);
                }

                break;
            case LogNews.ReadFailed failed:
                _reader.ReadFailed(failed, effects);
                break;
            case LogNews.Unavailable unavailable:
                _recovering = null;
                _publishes.Unavailable(unavailable, now, effects);
                _reader.Drop(effects);
                _waiting.ForEach(asked => Refuse(new Asker(asked.Sender, asked.Request.Tag), effects));
                _waiting.Clear();
                break;
            case LogNews.Fenced:
                effects.Add(new ChannelEffect.StopFenced());
                break;
            default:
                break;
        }
    }

    private void OnTick(long now, List<ChannelEffect> effects)
    {
        _feedRequests.Expire(now, effects);
        if (_forgetDue <= now)
        {
            _log.ForgetProducers(now);
            _forgetDue = null;
        }

        if (_trimmer.Due(_log) <= now)
        {
            _trimmer.LookForAge(_log, CanRead, now, effects);
        }

        if (CanPassivate && !_isStopping && IdleDue <= now)
        {
            Stop(effects);
            effects.Add(new ChannelEffect.Passivate());
        }
    }

    private void Stop(List<ChannelEffect> effects)
    {
        _isStopping = true;
        _publishes.Stop(effects);
        _waiting.ForEach(asked => Send(new Asker(asked.Sender, asked.Request.Tag), new ChannelReply.Retry(asked.Request.Tag), effects));
        _waiting.Clear();
    }

    private void AnswerWaiting(long now, List<ChannelEffect> effects)
    {
        foreach (var asked in _waiting)
        {
            Read(asked, new Asker(asked.Sender, asked.Request.Tag), now, effects);
        }

        _waiting.Clear();
    }

    private StreamPosition Head => _space.KeepsLog && !_log.Epoch.IsNone ? _log.HeadPosition : default;

    private static void Refuse(Asker asker, List<ChannelEffect> effects) =>
        Send(asker, new ChannelReply.Refused(asker.Tag, ErrorCode.Unavailable, "the store does not answer", 1000), effects);

    /// <summary>What has no tag wants no answer.</summary>
    private static void Note(Asker asker, List<ChannelEffect> effects)
    {
        if (asker.Tag != 0)
        {
            Send(asker, new ChannelReply.Noted(asker.Tag), effects);
        }
    }

    private static void Send(Asker asker, ChannelReply reply, List<ChannelEffect> effects) => effects.Add(new ChannelEffect.Send(asker.Ref, reply));
}
