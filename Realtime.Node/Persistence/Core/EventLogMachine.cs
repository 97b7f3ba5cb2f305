using Realtime.Messages.Positions;
using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Persistence.Core;

/// <summary>
/// Decides for one log, from the start of its actor to its end: recovery → fence, if one is owed → appends, one event under way at a time.
/// Failures are no input: the actor stops at each, and its successor starts with what the entity knows (<see cref="LogTenure"/>).
/// </summary>
public sealed class EventLogMachine
{
    private readonly LogIdentity _log;
    private readonly LogTenure _tenure;
    private readonly LogLimits _limits;
    private readonly LogReplay _replay;
    private readonly RecoveryPages _pages;
    private readonly AppendQueue _queue;
    private readonly LogTrimming _trimming;
    private readonly SnapshotSchedule _snapshots;
    private LoggedEvent? _underWay;
    private ulong _store;
    private long _snapshotNr;
    private long _expectedAppend;
    private long _expectedOffset;

    public EventLogMachine(LogIdentity log, LogTenure tenure, LogLimits limits)
    {
        _log = log;
        _tenure = tenure;
        _limits = limits;
        _replay = new LogReplay(log, tenure);
        _pages = new RecoveryPages(log.Kind, limits);
        _queue = new AppendQueue(log.Kind, limits);
        _trimming = new LogTrimming(limits);
        _snapshots = new SnapshotSchedule(limits);
        Index = new ChannelIndex(limits);
        _expectedAppend = tenure.SentThrough + 1;
    }

    public enum Phase
    {
        Recovering,

        /// <summary>The fence is under way.</summary>
        Opening,
        Open,

        /// <summary>Stops once everything is answered.</summary>
        Closing,
        Stopped,
    }

    public Phase State { get; private set; } = Phase.Recovering;

    /// <summary>Every append that was sent before the event under way has its answer.</summary>
    public bool KnowsEarlierOutcomes => State is Phase.Open or Phase.Closing;

    /// <summary>The last event on disk.</summary>
    public long SequenceNr { get; private set; }

    public Epoch Epoch { get; private set; }

    public ChannelIndex Index { get; }

    public void Step(LogInput input, LogStanding standing, List<LogEffect> effects)
    {
        switch (input)
        {
            case LogInput.SnapshotOffered offered:
                OnSnapshotOffered(offered, effects);
                break;
            case LogInput.EventReplayed replayed:
                OnReplayed(replayed, effects);
                break;
            case LogInput.ReplayFinished finished:
                OnReplayFinished(finished, standing, effects);
                break;
            case LogInput.AppendAsked asked:
                OnAppend(asked.Append, effects);
                break;
            case LogInput.Written written:
                OnWritten(written, standing, effects);
                break;
            case LogInput.TailFound found:
                Index.Found(found.Row);
                break;
            case LogInput.SnapshotTaken taken:
                Add(_snapshots.OnTaken(taken.Snapshot), effects);
                break;
            case LogInput.SnapshotSaved saved:
                _snapshots.OnEnded();
                effects.Add(new LogEffect.DeleteSnapshots(saved.SequenceNr - 1));
                _snapshotNr = saved.SequenceNr;
                Trim(effects);
                if (State is Phase.Open)
                {
                    // The next one may have come due meanwhile, and the log be quiet from now on.
                    BeginSnapshotIfDue(effects);
                }

                break;
            case LogInput.SnapshotFailed:
                _snapshots.OnEnded();
                break;
            case LogInput.RowsDeleted deleted:
                Add(_trimming.OnDeleted(deleted.Through), effects);
                break;
            case LogInput.DeletionFailed:
                _trimming.OnFailed();
                break;
            case LogInput.CloseAsked when State is Phase.Open:
                State = Phase.Closing;
                StopIfDone(effects);
                break;
        }
    }

    private void OnSnapshotOffered(LogInput.SnapshotOffered offered, List<LogEffect> effects)
    {
        _replay.Note(offered.Snapshot, offered.SequenceNr);
        Index.Restore(offered.Snapshot);
        _trimming.Restore(offered.Snapshot.Deleted);
        Epoch = offered.Snapshot.Epoch;
        SequenceNr = offered.SequenceNr;
        _snapshotNr = offered.Snapshot.Fault is null ? offered.SequenceNr : 0;
        _pages.Begin(offered.Snapshot.Fault is null ? offered.Snapshot : null, effects);
    }

    private void OnReplayed(LogInput.EventReplayed replayed, List<LogEffect> effects)
    {
        var (logged, sequenceNr) = replayed;
        _replay.Note(logged.Origin, sequenceNr);
        if (!logged.Epoch.IsNone)
        {
            Epoch = logged.Epoch;
        }

        if (_log.Kind is LogKind.Session && SequenceNr == 0)
        {
            _trimming.Restore(sequenceNr - 1);
        }

        SequenceNr = sequenceNr;
        Index.Add(logged.Body, sequenceNr);
        _snapshots.Count(logged.Body);
        _pages.Add(logged, effects);
    }

    private void OnReplayFinished(LogInput.ReplayFinished finished, LogStanding standing, List<LogEffect> effects)
    {
        SequenceNr = finished.SequenceNr;
        _store = standing.Store;
        if (_replay.IsFenced)
        {
            effects.Add(new LogEffect.Report(new LogNews.Fenced()));
            Stop(effects);
            return;
        }

        if (!standing.HoldsLease)
        {
            Stop(effects);
            return;
        }

        _pages.Finish(effects);
        var isNewEpoch = ChooseEpoch();
        var isWritten = SequenceNr > 0;
        if ((isWritten && _replay.LastWriter != _log.Writer) || isNewEpoch || _replay.HasUnknownOutcomes)
        {
            State = Phase.Opening;
            Persist(_tenure.SentThrough + 1, 0, new JournalEvent.Opened(_pages.Kept), effects);
        }
        else
        {
            Open(effects);
        }
    }

    /// <summary>Whether the log begins a new epoch, which has to be on disk before it is reported.</summary>
    private bool ChooseEpoch()
    {
        if (_log.Kind is not LogKind.Channel)
        {
            return false;
        }

        if (SequenceNr == 0)
        {
            // Needs no row: the next recovery finds the same.
            Epoch = FirstEpoch.Of(_store, _log.PersistenceId);
            return false;
        }

        // Rows there were and are no more, rows that hide the head, another store: offsets may have been given out before.
        var isNew = _replay.IsEmpty || Index.IsHeadUnknown || _replay.Store != _store || Epoch.IsNone;
        Epoch = isNew ? _log.FreshEpoch : Epoch;
        return isNew;
    }

    private void Open(List<LogEffect> effects)
    {
        State = Phase.Open;
        _expectedOffset = Index.Head + 1;
        effects.Add(new LogEffect.Report(new LogNews.Recovered(Epoch, Index.Head, Index.Tail, SequenceNr, _replay.CommittedThrough)));

        // An earlier life may have ended before it had deleted all it wanted.
        Trim(effects);
        AfterCommit(effects);
    }

    private void OnAppend(LogRequest.Append append, List<LogEffect> effects)
    {
        if (append.Number != _expectedAppend || !append.Body.CanBeAppended || State is not Phase.Open)
        {
            throw new InvalidOperationException($"append {append.Number} of {append.Body.GetType().Name} while {_expectedAppend} is next and the log is {State}");
        }

        if (append.Body is JournalEvent.ChannelAppended { Messages: { Count: > 0 } messages })
        {
            foreach (var message in messages)
            {
                if (message.Message.Offset != _expectedOffset++)
                {
                    throw new InvalidOperationException($"append {append.Number} holds offset {message.Message.Offset}, {_expectedOffset - 1} is next");
                }
            }
        }

        _expectedAppend++;
        _queue.Add(append);
        Pump(effects);
    }

    private void OnWritten(LogInput.Written written, LogStanding standing, List<LogEffect> effects)
    {
        if (_underWay is not { } logged || State is Phase.Stopped)
        {
            return;
        }

        // Unanswered, its outcome is unknown to the entity, and the next recovery finds it, or another owner.
        if (!standing.HoldsLease || standing.Store != _store)
        {
            Stop(effects);
            return;
        }

        _underWay = null;
        SequenceNr = written.SequenceNr;
        Index.Add(logged.Body, written.SequenceNr);
        _snapshots.Count(logged.Body);
        if (State is Phase.Opening)
        {
            Open(effects);
            return;
        }

        effects.Add(new LogEffect.Report(new LogNews.Committed(logged.Origin.LastAppend, SequenceNr)));
        AfterCommit(effects);
    }

    private void AfterCommit(List<LogEffect> effects)
    {
        BeginSnapshotIfDue(effects);
        if (_log.Kind is LogKind.Session && SequenceNr - _trimming.Deleted > _limits.SessionEvents)
        {
            Add(_trimming.Want(SequenceNr - 1), effects);
        }

        Pump(effects);
        StopIfDone(effects);
    }

    private void BeginSnapshotIfDue(List<LogEffect> effects)
    {
        if (_log.Kind is LogKind.Channel && _snapshots.IsDue(_queue.Count > 0, Index.IsEmptied))
        {
            _snapshots.Begin(SequenceNr, new ChannelSnapshot(
                _log.Writer, _store, Epoch, Index.Head, Index.Tail, _trimming.Deleted, [.. Index.Entries], ChannelState.Empty));
            effects.Add(new LogEffect.Report(new LogNews.SnapshotDue(SequenceNr)));
        }
    }

    /// <summary>
    /// Never beyond the snapshot: offsets go on from it. Of a log without messages all can go; the journal keeps the newest row's number.
    /// </summary>
    private void Trim(List<LogEffect> effects) => Add(_trimming.Want(Math.Min(_snapshotNr, Index.RowsBeforeTail)), effects);

    private void Pump(List<LogEffect> effects)
    {
        if (_underWay is null && _queue.Count > 0 && State is Phase.Open or Phase.Closing)
        {
            var (first, count, body) = _queue.Take();
            Persist(first, count, body, effects);
        }
    }

    private void Persist(long firstAppend, int appends, JournalEvent body, List<LogEffect> effects)
    {
        var origin = new EventOrigin(_log.Writer, _store, _tenure.Instance, firstAppend, appends);
        _underWay = new LoggedEvent(origin, Epoch, body);
        effects.Add(new LogEffect.Persist(_underWay));
    }

    private void StopIfDone(List<LogEffect> effects)
    {
        if (State is Phase.Closing && _underWay is null && _queue.Count == 0)
        {
            Stop(effects);
        }
    }

    private void Stop(List<LogEffect> effects)
    {
        State = Phase.Stopped;
        effects.Add(new LogEffect.Stop());
    }

    private static void Add(LogEffect? effect, List<LogEffect> effects)
    {
        if (effect is not null)
        {
            effects.Add(effect);
        }
    }
}
