using Akka.Actor;
using Akka.Persistence;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Store;

namespace Realtime.Tests.Persistence;

/// <summary>A plain persistent actor: appends texts, trims, and says what it has recovered.</summary>
internal sealed class LogActor : UntypedPersistentActor
{
    private readonly List<object> _recovered = [];
    private readonly JournalHandle _journal;
    private readonly TaskCompletionSource<Recovered> _whenRecovered;
    private IActorRef? _asker;
    private WriteLease? _lease;

    public LogActor(JournalHandle journal, string persistenceId, TaskCompletionSource<Recovered> whenRecovered)
    {
        (_journal, PersistenceId, _whenRecovered) = (journal, persistenceId, whenRecovered);
        (JournalPluginId, SnapshotPluginId) = (journal.PluginId, journal.SnapshotPluginId);
        Recovery = journal == Journals.Of(Context.System).Channels ? Recovery.Default : new Recovery(SnapshotSelectionCriteria.None);
    }

    public override string PersistenceId { get; }

    public override Recovery Recovery { get; }

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case SnapshotOffer offer:
                _recovered.Add(offer.Snapshot);
                break;
            case RecoveryCompleted:
                _whenRecovered.TrySetResult(new Recovered([.. _recovered], LastSequenceNr));
                break;
            default:
                _recovered.Add(message);
                break;
        }
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case Append append:
                _asker = Sender;
                if (append.ThroughGate && (_lease = _journal.Gate.TryEnter(append.Text.Length)) is null)
                {
                    _asker.Tell(new Refused());
                    break;
                }

                Persist(new TestEvent(append.Text), _ =>
                {
                    _lease?.Dispose();
                    _asker.Tell(new Appended(LastSequenceNr));
                });
                break;
            case Trim trim:
                _asker = Sender;
                DeleteMessages(trim.To);
                break;
            case Snap snap:
                _asker = Sender;
                SaveSnapshot(new TestEvent(snap.Text));
                break;
            case DeleteMessagesSuccess or DeleteMessagesFailure or SaveSnapshotSuccess or SaveSnapshotFailure:
                _asker!.Tell(message);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        _asker!.Tell(new AppendFailed(StoreFailures.KindOf(cause), cause));

    protected override void OnRecoveryFailure(Exception reason, object? message = null) => _whenRecovered.TrySetException(reason);

    protected override void PostStop()
    {
        _lease?.Dispose();
        base.PostStop();
    }

    public sealed record Recovered(IReadOnlyList<object> Events, long Highest)
    {
        public IEnumerable<string> Texts => Events.Select(e => e is TestEvent { Text: var text } ? text : $"<{e.GetType().Name}>");
    }

    public sealed record Append(string Text, bool ThroughGate = false);

    public sealed record Trim(long To);

    public sealed record Snap(string Text);

    public sealed record Appended(long Number);

    public sealed record AppendFailed(StoreFailureKind Kind, Exception Cause);

    public sealed record Refused;
}
