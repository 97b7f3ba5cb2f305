using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Persistence.Core;

/// <summary>What happens to a log, as <see cref="EventLogMachine"/> takes it.</summary>
public abstract record LogInput
{
    private LogInput()
    {
    }

    public sealed record SnapshotOffered(ChannelSnapshot Snapshot, long SequenceNr) : LogInput;

    public sealed record EventReplayed(LoggedEvent Event, long SequenceNr) : LogInput;

    /// <param name="SequenceNr">The highest number in the journal, deleted rows included.</param>
    public sealed record ReplayFinished(long SequenceNr) : LogInput;

    public sealed record AppendAsked(LogRequest.Append Append) : LogInput;

    /// <summary>The event under way is on disk.</summary>
    public sealed record Written(long SequenceNr) : LogInput;

    /// <summary>A search for a new tail ended at this row.</summary>
    public sealed record TailFound(IndexEntry Row) : LogInput;

    public sealed record SnapshotTaken(LogRequest.TakeSnapshot Snapshot) : LogInput;

    public sealed record SnapshotSaved(long SequenceNr) : LogInput;

    public sealed record SnapshotFailed(long SequenceNr) : LogInput;

    public sealed record RowsDeleted(long Through) : LogInput;

    public sealed record DeletionFailed : LogInput;

    public sealed record CloseAsked : LogInput;
}
