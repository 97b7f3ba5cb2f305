using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Messages.Frames;

/// <summary>What a node may say (protocol.md §3).</summary>
public abstract record ServerFrame
{
    private ServerFrame()
    {
    }

    public sealed record Welcome(long Id, string Session, bool Resumed) : ServerFrame
    {
        public UserId? User { get; init; }

        /// <summary>What the application says of the user beside the name.</summary>
        public Payload? Info { get; init; }

        /// <summary>How long the token still counts, milliseconds: a duration, because clocks of clients are wrong. Null: it does not end, or there is none.</summary>
        public long? ExpiresIn { get; init; }

        public required NodeId Node { get; init; }

        /// <summary>Seconds.</summary>
        public int PingEvery { get; init; }

        /// <summary>Seconds.</summary>
        public int PingTimeout { get; init; }

        public required SessionLimits Limits { get; init; }

        /// <summary>Milliseconds.</summary>
        public int CrashWindow { get; init; }

        /// <summary>Where other nodes take clients: for when this one cannot be reached any more. Empty: none is known.</summary>
        public IReadOnlyList<string> Others { get; init; } = [];

        public IReadOnlyList<SubscriptionInfo> Subscriptions { get; init; } = [];

        public IReadOnlyList<KeyValuePair<string, Payload>> State { get; init; } = [];
    }

    /// <summary>The plain yes: <c>{}</c> beside the id.</summary>
    public sealed record Done(long Id) : ServerFrame;

    public sealed record SubscribeReply(long Id, SubscriptionInfo Info) : ServerFrame;

    /// <param name="Position">Null where the namespace keeps no log.</param>
    public sealed record PublishReply(long Id, StreamPosition? Position) : ServerFrame;

    public sealed record HistoryReply(
        long Id, ChannelName Channel, IReadOnlyList<LogMessage> Messages, StreamPosition Position, StreamPosition Head, bool More) : ServerFrame;

    public sealed record PresenceReply(long Id, PresenceSnapshot Presence) : ServerFrame;

    public sealed record CallReply(long Id, Payload? Data) : ServerFrame;

    /// <param name="Expires">Milliseconds since 1970; null when the token does not expire.</param>
    public sealed record RefreshReply(long Id, long? Expires) : ServerFrame
    {
        /// <summary>The same as how long it still counts.</summary>
        public long? ExpiresIn { get; init; }
    }

    /// <param name="Id">0 when it answers no request.</param>
    /// <param name="RetryAfter">Milliseconds.</param>
    public sealed record Error(long Id, ErrorCode Code, string Text, int? RetryAfter = null, Outcome Outcome = Outcome.None) : ServerFrame;

    /// <param name="Previous">The offset before it on this subscription when that is not the one below.</param>
    public sealed record Message(ChannelName Channel, LogMessage Content, long? Previous = null) : ServerFrame;

    public sealed record Gap(ChannelName Channel, GapNotice Notice) : ServerFrame;

    public sealed record PresenceChanged(
        ChannelName Channel, PresenceChange Change, IReadOnlyList<Member> Members, long Revision) : ServerFrame;

    public sealed record Roster(ChannelName Channel, PresenceSnapshot Presence) : ServerFrame;

    public sealed record Subscribed(ChannelName Channel, StreamPosition? Position, StreamPosition? Head, string? Reason) : ServerFrame;

    public sealed record Unsubscribed(ChannelName Channel, StreamPosition? Position, string? Reason) : ServerFrame;

    /// <summary>Open a second connection there, resume on it, and only then drop this one.</summary>
    /// <param name="After">Milliseconds.</param>
    /// <param name="Within">Milliseconds: go at a random moment in them.</param>
    public sealed record Move(string Url, string? Ticket, int After, int Within, MoveReason Reason) : ServerFrame;

    public sealed record Ping : ServerFrame;

    /// <param name="Reconnect">Null: final.</param>
    public sealed record Goodbye(CloseCode Code, string Reason, ReconnectAdvice? Reconnect) : ServerFrame;
}
