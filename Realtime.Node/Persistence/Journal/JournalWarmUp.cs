using Akka.Persistence;

namespace Realtime.Node.Persistence.Journal;

/// <summary>
/// Recovers once and stops.
/// </summary>
internal sealed class JournalWarmUp : UntypedPersistentActor
{
    private readonly TaskCompletionSource<bool> _answered;

    public JournalWarmUp(JournalHandle journal, TaskCompletionSource<bool> answered)
    {
        (JournalPluginId, SnapshotPluginId, _answered) = (journal.PluginId, journal.SnapshotPluginId, answered);
        Recovery = journal.HasSnapshots ? Recovery.Default : new Recovery(SnapshotSelectionCriteria.None);
    }

    public override string PersistenceId => "warm-up";

    public override Recovery Recovery { get; }

    protected override void OnCommand(object message) => Unhandled(message);

    protected override void OnRecover(object message)
    {
        if (message is RecoveryCompleted)
        {
            _answered.TrySetResult(true);
            Context.Stop(Self);
        }
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null) => _answered.TrySetException(reason);
}
