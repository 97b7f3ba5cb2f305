using Realtime.Messages.Ids;
using Realtime.Messages.Persisted.Events;
using Realtime.Messages.Positions;

namespace Realtime.Node.Persistence.Events;

/// <summary>What one row of a journal says. A closed family; the numbers of its kinds are frozen (<see cref="EventKind"/>).</summary>
public abstract record JournalEvent
{
    private JournalEvent()
    {
    }

    /// <summary>Whether an entity may append it. The others are written by the log itself.</summary>
    public virtual bool CanBeAppended => true;

    /// <summary>
    /// The fence: from its commit on the log belongs to the event's writer, and every append of an older writer conflicts.
    /// </summary>
    /// <param name="Kept">The last event of a log whose last event is all that counts (a session's), so that it stays the last; else null.</param>
    public sealed record Opened(JournalEvent? Kept = null) : JournalEvent
    {
        public override bool CanBeAppended => false;
    }

    /// <summary>Messages of a channel. Offsets are contiguous and begin with the first message's.</summary>
    /// <param name="Tail">The new first offset to keep, when this append trims; never past the offset after the last message.</param>
    public sealed record ChannelAppended(IReadOnlyList<LoggedMessage> Messages, long? Tail = null) : JournalEvent
    {
        public long FirstOffset => Messages.Count > 0 ? Messages[0].Message.Offset : 0;
    }

    /// <summary>The whole record of a session: it replaces every earlier one.</summary>
    public sealed record SessionSaved(SessionRecord Record) : JournalEvent;

    /// <summary>The session ended. Stays until the sweep, so that a late re-attach cannot raise it.</summary>
    /// <param name="At">Milliseconds since 1970.</param>
    public sealed record Ended(long At) : JournalEvent;

    /// <summary>Keys of resume tokens by id, 32 bytes each. They add to the earlier ones. Secret.</summary>
    public sealed record KeysAppended(IReadOnlyDictionary<byte, ReadOnlyMemory<byte>> Keys) : JournalEvent
    {
        public override string ToString() => $"KeysAppended({Keys.Count})";
    }

    /// <summary>A row that cannot be read: bad checksum, torn, or of a kind this version does not know.</summary>
    /// <param name="FirstOffset">The first offset it held; 0 when it held none or when that cannot be read.</param>
    /// <param name="Count">How many messages it held; null when that cannot be read.</param>
    public sealed record Corrupt(string Reason, long FirstOffset = 0, int? Count = null) : JournalEvent
    {
        public override bool CanBeAppended => false;
    }
}
