using Akka.Actor;
using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Persistence;

/// <summary>What an entity asks of its log. Sent through <see cref="EventLogChild"/>, which numbers appends.</summary>
public abstract record LogRequest : INoSerializationVerificationNeeded
{
    private LogRequest()
    {
    }

    /// <summary>
    /// Appends an event. Any number may be outstanding; they are committed in the order of their numbers, several of them in one row.
    /// Messages of a channel carry the offsets that follow the head and everything appended before.
    /// </summary>
    public sealed record Append(long Number, JournalEvent Body) : LogRequest;

    /// <summary>Answers <see cref="LogNews.SnapshotDue"/>, with the state after everything committed until that news, and nothing after it.</summary>
    public sealed record TakeSnapshot(long SequenceNr, ChannelState State) : LogRequest;

    /// <summary>
    /// Reads messages from an offset on, for history and for readers that are behind. At most the log's own bound of events is read at once.
    /// Answered with <see cref="LogNews.PageRead"/> or <see cref="LogNews.ReadFailed"/> with the same tag.
    /// </summary>
    public sealed record Read(long Tag, long From, int MostMessages, long MostBytes) : LogRequest;

    /// <summary>
    /// Looks for the last offset before an instant (milliseconds since 1970). Answered with <see cref="LogNews.TimeFound"/> or
    /// <see cref="LogNews.ReadFailed"/>.
    /// </summary>
    /// <param name="MovesTail">The tail moves to what is found, so the row there is remembered, up to which all can be deleted.</param>
    public sealed record FindTime(long Tag, long At, bool MovesTail = false) : LogRequest;

    /// <summary>
    /// Stops the log once everything appended before is answered. <see cref="EventLogChild"/> does not start it again until something is asked.
    /// </summary>
    public sealed record Close : LogRequest;
}
