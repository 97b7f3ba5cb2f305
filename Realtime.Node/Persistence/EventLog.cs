using System.Security.Cryptography;
using Akka.Actor;
using Akka.Persistence;
using Realtime.Messages.Positions;
using Realtime.Node.Persistence.Core;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Persistence;

/// <summary>
/// The one persistent actor: the log of a channel, of a session, or of the keys. A child of the entity, because a persistent actor has to stop
/// when a write or its recovery fails, and the entity outlives that. <see cref="EventLogMachine"/> decides; <see cref="LogRequest"/> comes in,
/// <see cref="LogNews"/> goes to the parent. Started by <see cref="EventLogChild"/> only.
/// </summary>
internal sealed class EventLog : UntypedPersistentActor
{
    private readonly EventLogSettings _settings;
    private readonly EventLogMachine _machine;
    private readonly List<LogEffect> _effects = [];
    private readonly Queue<(long First, ILogScan Scan)> _reads = new();
    private int _readers;

    /// <summary>The first offset of the hole that a reader met last: many readers meet the same one.</summary>
    private long _lastHole;

    /// <summary>The event that is next, while it waits for room in the gate.</summary>
    private LoggedEvent? _next;
    private WriteLease? _lease;

    public EventLog(string persistenceId, EventLogSettings settings, LogTenure tenure)
    {
        PersistenceId = persistenceId;
        JournalPluginId = settings.JournalPluginId;
        SnapshotPluginId = settings.SnapshotPluginId;
        _settings = settings;
        Span<byte> epoch = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(epoch);
        _machine = new EventLogMachine(
            new LogIdentity(persistenceId, settings.Kind, settings.Writer, new Epoch(Math.Max(1, BitConverter.ToUInt64(epoch)))), tenure, settings.Limits);
    }

    public override string PersistenceId { get; }

    public override Recovery Recovery => _settings.Kind is LogKind.Channel ? Recovery.Default : new Recovery(SnapshotSelectionCriteria.None);

    /// <summary>Nodes that start at once all try to make the first key.</summary>
    private bool IsShared => _settings.Kind is LogKind.Keys;

    public static Props Props(string persistenceId, EventLogSettings settings, LogTenure tenure) =>
        Akka.Actor.Props.Create<EventLog>(persistenceId, settings, tenure);

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case SnapshotOffer offer:
                var snapshot = offer.Snapshot as ChannelSnapshot ?? ChannelSnapshot.Unreadable($"it is a {offer.Snapshot.GetType().Name}");
                if (snapshot.Fault is { } fault)
                {
                    _settings.Log.SnapshotUnreadable(PersistenceId, offer.Metadata.SequenceNr, fault);
                }

                Step(new LogInput.SnapshotOffered(snapshot, offer.Metadata.SequenceNr));
                break;
            case LoggedEvent logged:
                if (logged.Body is JournalEvent.Corrupt corrupt)
                {
                    _settings.Log.EventUnreadable(PersistenceId, LastSequenceNr, corrupt.Reason);
                }

                Step(new LogInput.EventReplayed(logged, LastSequenceNr));
                break;
            case RecoveryCompleted:
                Step(new LogInput.ReplayFinished(LastSequenceNr));
                break;
            default:
                var reason = message is UnreadableEvent unreadable ? unreadable.Reason : $"it is a {message.GetType().Name}";
                _settings.Log.EventUnreadable(PersistenceId, LastSequenceNr, reason);
                Step(new LogInput.EventReplayed(new LoggedEvent(EventOrigin.Unreadable, default, new JournalEvent.Corrupt(reason)), LastSequenceNr));
                break;
        }
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case LogRequest.Append append:
                Step(new LogInput.AppendAsked(append));
                break;
            case LogRequest.Read read:
                Scan(_machine.Index.RowOf(read.From), new PageScan(read, _machine.Index.Head));
                break;
            case LogRequest.FindTime find:
                Scan(_machine.Index.RowAt(find.At), new TimeScan(find, _machine.Index.Tail, _machine.Index.Head));
                break;
            case LogNews news and (LogNews.PageRead or LogNews.TimeFound or LogNews.ReadFailed):
                _readers--;
                if (news is LogNews.PageRead { Hole: { } hole } && hole.First != _lastHole)
                {
                    _lastHole = hole.First;
                    _settings.Log.MessagesUnreadable(PersistenceId, hole.First, hole.Last);
                }

                if (news is LogNews.TimeFound { Row: { } row })
                {
                    Step(new LogInput.TailFound(row));
                }

                Report(news);
                StartReaders();
                break;
            case LogRequest.TakeSnapshot snapshot:
                Step(new LogInput.SnapshotTaken(snapshot));
                break;
            case SaveSnapshotSuccess saved:
                Step(new LogInput.SnapshotSaved(saved.Metadata.SequenceNr));
                break;
            case SaveSnapshotFailure failed:
                _settings.Log.SnapshotNotSaved(PersistenceId, failed.Cause);
                Step(new LogInput.SnapshotFailed(failed.Metadata.SequenceNr));
                break;
            case DeleteMessagesSuccess deleted:
                Step(new LogInput.RowsDeleted(deleted.ToSequenceNr));
                break;
            case DeleteMessagesFailure failed:
                _settings.Log.RowsNotDeleted(PersistenceId, failed.Cause);
                Step(new LogInput.DeletionFailed());
                break;
            case DeleteSnapshotsSuccess:
                break;
            case LogRequest.Close:
                Step(new LogInput.CloseAsked());
                break;
            case RoomInGate:
                Persist();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        _settings.Log.EventNotWritten(PersistenceId, sequenceNr, cause, IsShared);
        Fail(cause, StoreFailures.IsCertainlyFull(cause) && _machine.KnowsEarlierOutcomes);
    }

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        _settings.Log.EventRejected(PersistenceId, sequenceNr, cause);

        Fail(cause, nothingWritten: false);

        // This actor has counted the number as used, the journal has not.
        Context.Stop(Self);
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        _settings.Log.NotRecovered(PersistenceId, LastSequenceNr, reason);
        Fail(reason, nothingWritten: false);
    }

    protected override void PostStop()
    {
        _lease?.Dispose();
        base.PostStop();
    }

    /// <summary>Stops under any supervision: behind a restart stands an entity that took no notice of it.</summary>
    protected override void PostRestart(Exception reason) => Context.Stop(Self);

    private void Step(LogInput input)
    {
        _effects.Clear();
        _machine.Step(input, new LogStanding(_settings.Lease.IsHeld, _settings.Store.Current), _effects);
        foreach (var effect in _effects)
        {
            Do(effect);
        }
    }

    private void Do(LogEffect effect)
    {
        switch (effect)
        {
            case LogEffect.Persist persist:
                _next = persist.Event;
                Persist();
                break;
            case LogEffect.Report report:
                if (report.News is LogNews.Fenced)
                {
                    _settings.Log.Fenced(PersistenceId, IsShared);
                }

                Report(report.News);
                break;
            case LogEffect.SaveSnapshot save:
                // Not SaveSnapshot(…): that one takes the number of the newest event, which may be behind the state by now.
                SnapshotStore.Tell(new SaveSnapshot(
                    new SnapshotMetadata(PersistenceId, save.SequenceNr, Context.System.Scheduler.Now.UtcDateTime), save.Snapshot));
                break;
            case LogEffect.DeleteRows delete:
                DeleteMessages(delete.Through);
                break;
            case LogEffect.DeleteSnapshots delete:
                DeleteSnapshots(new SnapshotSelectionCriteria(delete.Through));
                break;
            case LogEffect.Stop:
                Context.Stop(Self);
                break;
        }
    }

    private void Persist()
    {
        if (_next is not { } next)
        {
            return;
        }

        if (_settings.Gate is { } gate && (_lease = gate.TryEnter((int)Math.Min(EventSizes.Of(next.Body), int.MaxValue))) is null)
        {
            var self = Self;
            gate.WhenThereIsRoom(() => self.Tell(RoomInGate.Instance, ActorRefs.NoSender));
            return;
        }

        _next = null;
        PersistAsync(next, OnPersisted);
    }

    private void OnPersisted(LoggedEvent written)
    {
        _lease?.Dispose();
        Step(new LogInput.Written(LastSequenceNr));
    }

    private void Scan(long? row, ILogScan scan)
    {
        if (row is { } first)
        {
            _reads.Enqueue((first, scan));
            StartReaders();
        }
        else
        {
            Report(scan.Answer());
        }
    }

    private void StartReaders()
    {
        while (_readers < _settings.Limits.Readers && _reads.TryDequeue(out var read))
        {
            _readers++;
            Context.ActorOf(LogReader.Props(Journal, PersistenceId, read.First, _machine.SequenceNr, read.Scan, _settings.Log));
        }
    }

    private void Fail(Exception cause, bool nothingWritten) =>
        Context.Parent.Tell(new LogFailure(StoreFailures.KindOf(cause), nothingWritten));

    private void Report(LogNews news) => Context.Parent.Tell(news);

    private sealed record RoomInGate : INoSerializationVerificationNeeded
    {
        public static RoomInGate Instance { get; } = new();
    }
}
