namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>Lets a task await an outcome. Its continuations run elsewhere: the writer's thread has other callers to tell.</summary>
internal sealed class AwaitedWrite : IWriteReceiver
{
    private readonly TaskCompletionSource<WriteOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<WriteOutcome> Outcome => _outcome.Task;

    public void OnWritten(object request, WriteOutcome outcome) => _outcome.SetResult(outcome);
}
