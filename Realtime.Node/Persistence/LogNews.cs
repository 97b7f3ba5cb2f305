using Akka.Actor;
using Realtime.Messages.Positions;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Persistence;

/// <summary>
/// What an entity hears from its log, in this order: <see cref="RecoveryStarted"/>, any number of <see cref="Replayed"/>,
/// <see cref="Recovered"/>, then <see cref="Committed"/> and the rest; after <see cref="Unavailable"/> from the beginning.
/// </summary>
public abstract record LogNews : INoSerializationVerificationNeeded
{
    private LogNews()
    {
    }

    /// <summary>A recovery begins: what an earlier one brought counts no more, but stays in use until <see cref="Recovered"/>.</summary>
    public sealed record RecoveryStarted(ChannelSnapshot? Snapshot) : LogNews;

    /// <summary>
    /// Events behind the snapshot, in order. Of a session's log only the newest, if there is any: <see cref="JournalEvent.SessionSaved"/> or
    /// <see cref="JournalEvent.Ended"/>.
    /// </summary>
    public sealed record Replayed(IReadOnlyList<LoggedEvent> Events) : LogNews;

    /// <summary>
    /// The log can be used: it belongs to this node. The recovered state replaces the old one. Every append that was not answered is now:
    /// those numbered up to <paramref name="CommittedThrough"/> are committed (and among the replayed events), all later ones are not written
    /// and never will be.
    /// </summary>
    /// <param name="Head">Of a channel: the last offset; 0 when there is none.</param>
    /// <param name="Tail">Of a channel: the first offset that is kept; head + 1 when none is.</param>
    /// <param name="SequenceNr">The last event's. 0: the log was never written.</param>
    public sealed record Recovered(Epoch Epoch, long Head, long Tail, long SequenceNr, long CommittedThrough) : LogNews;

    /// <summary>All appends numbered up to this one are on disk.</summary>
    public sealed record Committed(long Through, long SequenceNr) : LogNews;

    /// <summary>A snapshot is wanted: answer at once with <see cref="LogRequest.TakeSnapshot"/>, before the next news is looked at.</summary>
    public sealed record SnapshotDue(long SequenceNr) : LogNews;

    /// <summary>Contiguous messages from the asked offset on; empty when a hole stands there or nothing does.</summary>
    /// <param name="Hole">The unreadable offsets that stand behind the messages, first and last; null when the page ended otherwise.</param>
    public sealed record PageRead(long Tag, IReadOnlyList<LogMessage> Messages, (long First, long Last)? Hole) : LogNews;

    /// <summary>Every message up to this offset is older than the instant; tail − 1 when none is.</summary>
    public sealed record TimeFound(long Tag, long Before) : LogNews
    {
        /// <summary>The row of the first message that is not older, for the log itself; null unless the tail moves there.</summary>
        public IndexEntry? Row { get; init; }
    }

    /// <summary>The page could not be read; the reader may ask again.</summary>
    public sealed record ReadFailed(long Tag) : LogNews;

    /// <summary>
    /// The log's actor has stopped and is started again by itself. What is not answered has an unknown outcome until
    /// <see cref="Recovered"/>; what is asked meanwhile is answered <c>unavailable</c>, or <c>storage_full</c>. Reads under way are lost.
    /// </summary>
    /// <param name="Reason">Why it stopped.</param>
    /// <param name="NothingWritten">Every append that is not answered is now: it is not written and never will be.</param>
    /// <param name="IsFinal">This node has lost the store: the log does not start again, and no outcome will be known here.</param>
    public sealed record Unavailable(
        TimeSpan RetryAfter, StoreFailureKind Reason = StoreFailureKind.Other, bool NothingWritten = false, bool IsFinal = false) : LogNews;

    /// <summary>The log stopped after <see cref="LogRequest.Close"/>, everything answered.</summary>
    public sealed record Closed : LogNews;

    /// <summary>Another node owns the log: the whole entity stops, and answers nothing any more.</summary>
    public sealed record Fenced : LogNews;
}
