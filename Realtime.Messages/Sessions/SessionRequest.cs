using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Messages.Sessions;

/// <summary>
/// What is sent to a session through its shard region. The answer is a <see cref="SessionReply"/> to the sender with the same tag.
/// </summary>
/// <remarks>A request that is not answered is sent again; every request can be repeated harmlessly.</remarks>
/// <param name="Tag">Chosen by the sender. With 0 there is no <see cref="SessionReply.Done"/>; refusals are sent all the same.</param>
public abstract record SessionRequest(SessionId Session, long Tag)
{
    /// <summary>
    /// Counts only from the connection that holds the session: the sender. Another connection is answered
    /// <see cref="SessionReply.Superseded"/>; while none holds it the answer is <see cref="SessionReply.NotAttached"/>.
    /// </summary>
    public abstract record OfHolder(SessionId Session, long Tag) : SessionRequest(Session, Tag);

    /// <summary>
    /// The sender, a connection, wants to hold the session. Answered with <see cref="SessionReply.Attached"/>,
    /// <see cref="SessionReply.Unknown"/>, or <see cref="SessionReply.Superseded"/> when a newer connection of the client holds it.
    /// </summary>
    /// <param name="Node">Where the connection is.</param>
    public sealed record Attach(SessionId Session, long Tag, NodeId Node, ConnectionId Connection) : SessionRequest(Session, Tag)
    {
        /// <summary>The id was minted just now by the sender's process: open the session. Nothing is read back for it.</summary>
        public bool IsNew { get; init; }

        /// <summary>Set when the sender was attached before. A session that was never written is created by it.</summary>
        public HeldSession? Held { get; init; }

        /// <summary>The client's own count of its hellos; null when it keeps none. It grows with each hello.</summary>
        public long? Attempt { get; init; }

        /// <summary>What the application's token says, if one came; with <see cref="Held"/> what the connection knows.</summary>
        public SessionIdentity? Identity { get; init; }
    }

    /// <summary>Adds or replaces a subscription.</summary>
    public sealed record PutSubscription(SessionId Session, long Tag, SessionSubscription Subscription) : OfHolder(Session, Tag);

    public sealed record RemoveSubscription(SessionId Session, long Tag, ChannelName Channel) : OfHolder(Session, Tag);

    /// <summary>What others see of the session on this channel. Its feed tells the channel.</summary>
    /// <param name="Data">Null: not present there.</param>
    public sealed record SetPresence(SessionId Session, long Tag, ChannelName Channel, Payload? Data) : OfHolder(Session, Tag);

    /// <summary>Answered after the commit. A null value removes the key.</summary>
    public sealed record SetState(SessionId Session, long Tag, string Key, Payload? Value) : OfHolder(Session, Tag);

    /// <summary>What the client has processed.</summary>
    public sealed record Acknowledge(SessionId Session, long Tag, IReadOnlyList<ChannelPosition> Positions) : OfHolder(Session, Tag);

    /// <summary>A new token of the same user came.</summary>
    public sealed record Refresh(SessionId Session, long Tag, SessionIdentity Identity) : OfHolder(Session, Tag);

    /// <summary>
    /// The connection is gone, the session waits for its client. Also begins the grace time of a session that has just been read back and that
    /// no connection has held since: its actor was replaced while the connection ended.
    /// </summary>
    /// <param name="Why">With what code it was closed; null: it was lost.</param>
    /// <param name="Attachment">As <see cref="SessionReply.Attached"/> gave it; none when the connection was never answered.</param>
    public sealed record Detach(SessionId Session, long Tag, CloseCode? Why = null, Attachment Attachment = default) : OfHolder(Session, Tag);

    /// <summary>
    /// The client said bye. Answered with <see cref="SessionReply.Done"/> after the commit, also when the session has ended before.
    /// </summary>
    public sealed record End(SessionId Session, long Tag) : OfHolder(Session, Tag);

    /// <summary>
    /// Ends the session if no connection holds it and its time to live is over: <see cref="SessionReply.Done"/>, else
    /// <see cref="SessionReply.Kept"/>. A session that is held touches its record instead.
    /// </summary>
    public sealed record ExpireIfIdle(SessionId Session, long Tag) : SessionRequest(Session, Tag);

    /// <summary>
    /// An operator's question: <see cref="SessionReply.Inspected"/> or <see cref="SessionReply.Unknown"/>. Changes nothing, writes nothing.
    /// </summary>
    /// <param name="Brief">Without names of state keys, subscriptions and history.</param>
    public sealed record Inspect(SessionId Session, long Tag, bool Brief = false) : SessionRequest(Session, Tag);

    /// <summary>
    /// An operator disconnects it: <see cref="SessionReply.Done"/> once it is done, or <see cref="SessionReply.Unknown"/>.
    /// </summary>
    /// <param name="Reconnect">
    /// True: its connection is closed so that the client comes back; nothing is done when there is none. False: the client is sent away,
    /// and
    /// the session ends as after bye, answered after the commit.
    /// </param>
    /// <param name="Reason">For the session's history.</param>
    public sealed record Disconnect(SessionId Session, long Tag, bool Reconnect, string? Reason) : SessionRequest(Session, Tag);

    /// <summary>
    /// The application subscribes it, whether a connection is there or not: <see cref="SessionReply.Done"/>, also when it is subscribed already, <see cref="SessionReply.Unknown"/>, or a refusal. Its connection joins; without one it
    /// has the channel when it is attached next.
    /// </summary>
    /// <param name="From">The stream goes on after it; null: with what is published once a connection has joined.</param>
    /// <param name="Reason">For the client.</param>
    public sealed record SubscribeByServer(SessionId Session, long Tag, ChannelName Channel, StreamPosition? From = null, string? Reason = null)
        : SessionRequest(Session, Tag);

    /// <summary>
    /// The application ends a subscription, whoever made it: <see cref="SessionReply.Done"/>, also when there is none, or <see cref="SessionReply.Unknown"/>.
    /// </summary>
    /// <param name="Reason">For the client.</param>
    public sealed record UnsubscribeByServer(SessionId Session, long Tag, ChannelName Channel, string? Reason = null) : SessionRequest(Session, Tag);

    /// <summary>
    /// Who reads the reports of sessions believes this one to be open: where it is not, that is reported, and where something is left to report it is. Answered with <see cref="SessionReply.Done"/>.
    /// </summary>
    public sealed record Report(SessionId Session, long Tag) : SessionRequest(Session, Tag);

    /// <summary>
    /// A session that stops at a hand-off while its grace time runs, or while channels have not answered its withdrawals, sends this to its
    /// successor. Ignored when a connection holds the session or a newer one has held it. Not answered.
    /// </summary>
    /// <param name="GraceEnds">Milliseconds since 1970.</param>
    public sealed record ContinueGrace(SessionId Session, Attachment Attachment, long GraceEnds) : SessionRequest(Session, 0);
}
