using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Messages.Channels;

/// <summary>What a channel answers to the sender of a <see cref="ChannelRequest"/>.</summary>
/// <param name="Tag">The request's.</param>
public abstract record ChannelReply(long Tag)
{
    /// <param name="Position">Null where the namespace keeps no log.</param>
    public sealed record Published(long Tag, StreamPosition? Position) : ChannelReply(Tag)
    {
        /// <summary>The number was known: this is where the first one stands.</summary>
        public bool IsRepeat { get; init; }
    }

    /// <summary>
    /// The request was not done and may be sent again as it is: the channel is stopping, or a publish came before its predecessor.
    /// </summary>
    /// <param name="Missing">The predecessor that the channel does not know: send that one first.</param>
    public sealed record Retry(long Tag, long? Missing = null) : ChannelReply(Tag);

    /// <summary>
    /// The subscriber stands at <paramref name="Position"/>, or behind the gap if there is one, and <paramref name="Messages"/> follow.
    /// Everything up to <paramref name="Head"/> that is not among them is read by pages; what comes later arrives as news.
    /// </summary>
    /// <param name="Recovered">Set when the wish was a position: whether nothing is missing.</param>
    /// <param name="Roster">Null when it was not asked for or the namespace has none.</param>
    public sealed record Subscribed(
        long Tag, StreamPosition Position, StreamPosition Head, bool? Recovered, GapNotice? Gap, IReadOnlyList<LogMessage> Messages, PresenceSnapshot? Roster)
        : ChannelReply(Tag);

    /// <summary>
    /// What follows <paramref name="After"/>. With a <paramref name="Gap"/> the messages follow the gap's position instead.
    /// Empty and without a gap: the reader has reached <paramref name="Head"/>.
    /// </summary>
    public sealed record Page(long Tag, StreamPosition After, IReadOnlyList<LogMessage> Messages, StreamPosition Head, GapNotice? Gap)
        : ChannelReply(Tag);

    public sealed record HistoryPage(long Tag, IReadOnlyList<LogMessage> Messages, StreamPosition Position, StreamPosition Head, bool More)
        : ChannelReply(Tag)
    {
        /// <summary>What of it a session may read: not what excepts it, nor what is over.</summary>
        public IReadOnlyList<LogMessage> For(SessionId session, long now) =>
            Messages.Any(message => message.Expires is not null || !message.Except.IsNone)
                ? [.. Messages.Where(message => !message.IsOver(now) && (message.Except.IsNone || message.Except != session))]
                : Messages;
    }

    /// <param name="Head">None while the log has not been recovered for the first time; <see cref="ChannelNews.Head"/> follows then.</param>
    /// <param name="Roster">The first part of the roster; null where the namespace has none.</param>
    public sealed record Listening(long Tag, long Attempt, StreamPosition Head, PresenceSnapshot? Roster) : ChannelReply(Tag);

    /// <summary>Done; there is nothing to say about it.</summary>
    public sealed record Noted(long Tag) : ChannelReply(Tag);

    public sealed record RosterPage(long Tag, PresenceSnapshot Snapshot) : ChannelReply(Tag);

    /// <param name="IsListening">False: the feed has to listen anew.</param>
    public sealed record Renewed(long Tag, FeedId Feed, long Attempt, bool IsListening, StreamPosition Head) : ChannelReply(Tag)
    {
        /// <summary>Of the roster; -1 where the namespace has none.</summary>
        public long Revision { get; init; } = -1;
    }

    public sealed record Inspected(long Tag, ChannelInfo Info) : ChannelReply(Tag);

    /// <summary>The request was not done or, with <see cref="Outcome.Unknown"/>, may have been.</summary>
    /// <param name="RetryAfter">Milliseconds.</param>
    public sealed record Refused(long Tag, ErrorCode Code, string Message, int? RetryAfter = null, Outcome Outcome = Outcome.None)
        : ChannelReply(Tag);
}
