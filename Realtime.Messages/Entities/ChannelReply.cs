using Realtime.Messages.Frames;
using Realtime.Messages.Positions;

namespace Realtime.Messages.Entities;

/// <summary>What a channel answers.</summary>
public abstract record ChannelReply : EntityReply
{
    private ChannelReply()
    {
    }

    /// <param name="Position">Null where the namespace keeps no log.</param>
    public sealed record Published(StreamPosition? Position) : ChannelReply;

    /// <param name="Recovered">Set when the wish was a position: whether nothing is missing.</param>
    public sealed record Located(StreamPosition Position, StreamPosition Head, bool? Recovered, GapNotice? Gap) : ChannelReply;

    /// <summary>
    /// What follows <paramref name="After"/>. With a <paramref name="Gap"/> the messages follow the gap's position instead.
    /// Empty and without a gap: the reader has reached <paramref name="Head"/>.
    /// </summary>
    public sealed record Page(
        StreamPosition After, IReadOnlyList<LogMessage> Messages, StreamPosition Head, GapNotice? Gap) : ChannelReply;

    public sealed record HistoryPage(
        IReadOnlyList<LogMessage> Messages, StreamPosition Position, StreamPosition Head, bool More) : ChannelReply;

    /// <param name="Presence">Null where the namespace has none.</param>
    public sealed record Listening(long Generation, StreamPosition Head, PresenceSnapshot? Presence) : ChannelReply;

    /// <summary>Done; there is nothing to say about it.</summary>
    public sealed record Noted : ChannelReply
    {
        public static Noted Instance { get; } = new();
    }

    public sealed record Present(PresenceSnapshot Presence) : ChannelReply;

    /// <summary>The answer to <see cref="ChannelRequest.Inspect"/>.</summary>
    public sealed record Inspected(ChannelAccount Account) : ChannelReply;
}
