using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Persistence.Core;

/// <summary>What the events of a recovery say about the log's owner and about appends whose outcome is unknown.</summary>
internal sealed class LogReplay(LogIdentity log, LogTenure tenure)
{
    /// <summary>The last writer; none when nothing was ever written, or when the last row cannot be read.</summary>
    public Incarnation LastWriter { get; private set; }

    /// <summary>The store that the last row was written to.</summary>
    public ulong Store { get; private set; }

    /// <summary>The highest append of this life of the entity that is in the log.</summary>
    public long Found { get; private set; }

    /// <summary>Another node's event, or a snapshot that is not ours, stands behind what this life of the entity owned.</summary>
    public bool IsFenced { get; private set; }

    public bool IsEmpty { get; private set; } = true;

    public void Note(ChannelSnapshot snapshot, long sequenceNr)
    {
        IsEmpty = false;
        LastWriter = snapshot.Writer;
        Store = snapshot.Store;

        // Our snapshots never reach beyond what we owned. Behind a foreign one our own append may be hidden.
        IsFenced |= sequenceNr > tenure.OwnedThrough;
    }

    public void Note(EventOrigin origin, long sequenceNr)
    {
        IsEmpty = false;
        LastWriter = origin.Writer;
        Store = origin.Store;
        if (origin.Instance == tenure.Instance && origin.Appends > 0)
        {
            Found = Math.Max(Found, origin.LastAppend);
        }

        IsFenced |= sequenceNr > tenure.OwnedThrough && !origin.Writer.IsNone && origin.Writer != log.Writer;
    }

    /// <summary>Appends up to this number are committed.</summary>
    public long CommittedThrough => Math.Max(Found, tenure.AnsweredThrough);

    /// <summary>
    /// Whether an append may still arrive that was not found: a write whose caller timed out can be committed after the log was read. Only
    /// its number decides: once another event holds it, the write conflicts.
    /// </summary>
    public bool HasUnknownOutcomes => tenure.SentThrough > CommittedThrough;
}
