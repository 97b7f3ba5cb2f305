using Realtime.Cluster.Journal;

namespace Realtime.Tests.Journal;

/// <summary>A receiver that insists on being called once, with its own request.</summary>
internal sealed class OutcomeOf(object request) : IWriteReceiver
{
    private readonly TaskCompletionSource<WriteOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<WriteOutcome> Task => Deadline.Within(_outcome.Task, "the outcome of a write");

    public void OnWritten(object written, WriteOutcome outcome)
    {
        if (!ReferenceEquals(written, request))
        {
            _outcome.TrySetException(new InvalidOperationException("told the outcome of another request"));
        }
        else if (!_outcome.TrySetResult(outcome))
        {
            throw new InvalidOperationException("told an outcome twice");
        }
    }
}
