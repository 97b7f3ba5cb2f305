namespace Realtime.Cluster.Journal;

/// <summary>Takes the outcome of one write. Called on the writer's thread: hand it to a mailbox and return.</summary>
public interface IWriteReceiver
{
    /// <param name="request">The very <see cref="AppendRequest"/> or <see cref="SessionWrite"/> that was handed in.</param>
    void OnWritten(object request, WriteOutcome outcome);
}
