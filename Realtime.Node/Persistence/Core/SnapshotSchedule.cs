using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Persistence.Core;

/// <summary>
/// When a snapshot is taken: after some events or bytes, or after a trim without a message, at a moment when no append waits; long overdue, also
/// when one does. The log's part is kept aside while the entity adds its own.
/// </summary>
internal sealed class SnapshotSchedule(LogLimits limits)
{
    private long _events;
    private long _bytes;
    private bool _isWanted;
    private (long SequenceNr, ChannelSnapshot Snapshot)? _begun;

    public void Count(JournalEvent body)
    {
        _events++;
        _bytes += EventSizes.Of(body);

        // What is past its age is trimmed by such an event, and rows are deleted behind a snapshot only: none may come for years.
        _isWanted |= body is JournalEvent.ChannelAppended { Messages.Count: 0, Tail: not null };
    }

    /// <param name="isEmptied">No message is kept: every event can go, a fence too.</param>
    public bool IsDue(bool appendsWait, bool isEmptied)
    {
        var times = appendsWait ? limits.SnapshotPatience : 1;
        return _begun is null && ((!appendsWait && (_isWanted || (isEmptied && _events > 0))) || _events >= limits.SnapshotEvents * times || _bytes >= limits.SnapshotBytes * times);
    }

    public void Begin(long sequenceNr, ChannelSnapshot snapshot)
    {
        _begun = (sequenceNr, snapshot);
        _events = 0;
        _bytes = 0;
        _isWanted = false;
    }

    public LogEffect.SaveSnapshot? OnTaken(LogRequest.TakeSnapshot taken) =>
        _begun is { } begun && begun.SequenceNr == taken.SequenceNr
            ? new LogEffect.SaveSnapshot(begun.SequenceNr, begun.Snapshot with { State = taken.State })
            : null;

    /// <summary>Saved, or failed: then the next one is due as if this one had been saved.</summary>
    public void OnEnded() => _begun = null;
}
