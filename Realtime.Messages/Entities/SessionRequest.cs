using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Messages.Entities;

/// <summary>What a session can be told. What its connection says carries the attachment it speaks for; an older one is refused.</summary>
public abstract record SessionRequest : EntityMessage
{
    private SessionRequest()
    {
    }

    /// <summary>Counts only while this attachment is the session's newest.</summary>
    public abstract record OfAttachment(AttachNumber Attachment) : SessionRequest;

    /// <summary>
    /// A connection wants to stand for this session; the newest wins. Answered with <see cref="SessionReply.Attached"/>, <see cref="SessionReply.Unknown"/>, or
    /// <see cref="SessionReply.Stale"/> when the client has made a newer attempt that stands for it.
    /// </summary>
    /// <param name="Create">The id was minted just now: open the session. False: it must exist.</param>
    /// <param name="Identity">What the application's token says, if one came.</param>
    public sealed record Attach(NodeId Node, ConnectionId Connection, bool Create, SessionIdentity? Identity) : SessionRequest
    {
        /// <summary>The client's own count of its hellos; null when it keeps none.</summary>
        public long? Attempt { get; init; }

        /// <summary>
        /// While nobody owned the session its client may have gone to another node. An attachment of the connection it has left would take the session
        /// over from the living one, and the client would be told for good that somebody else has it.
        /// </summary>
        public override bool IsOfItsAsker => true;
    }

    /// <summary>Adds or replaces a subscription.</summary>
    public sealed record PutSubscription(AttachNumber Attachment, SessionSubscription Subscription) : OfAttachment(Attachment);

    public sealed record RemoveSubscription(AttachNumber Attachment, ChannelName Channel) : OfAttachment(Attachment);

    public sealed record UpdatePresence(AttachNumber Attachment, ChannelName Channel, Payload Data) : OfAttachment(Attachment);

    /// <summary>Answered after the commit. A null value removes the key.</summary>
    public sealed record SetState(AttachNumber Attachment, string Key, Payload? Value) : OfAttachment(Attachment);

    /// <summary>What the client has processed; told without an answer.</summary>
    public sealed record Ack(AttachNumber Attachment, IReadOnlyList<ChannelPosition> Positions) : OfAttachment(Attachment);

    /// <summary>A new token of the same user came.</summary>
    public sealed record Refresh(AttachNumber Attachment, SessionIdentity Identity) : OfAttachment(Attachment);

    /// <summary>The connection is gone; told without an answer.</summary>
    public sealed record Detach(AttachNumber Attachment) : OfAttachment(Attachment)
    {
        /// <summary>With what code the connection was closed; null: it was lost, or nobody knows.</summary>
        public CloseCode? Why { get; init; }
    }

    /// <summary>The client said bye: answered after the commit, then the session is gone.</summary>
    public sealed record End(AttachNumber Attachment) : OfAttachment(Attachment);

    /// <summary>
    /// A connection stands for this session and tells a new owner so: the highest attempt counts, and where attempts are not known the highest attachment.
    /// Whatever the owner does not know of is as the connection says. Answered with <see cref="SessionReply.Done"/>, <see cref="SessionReply.Stale"/>,
    /// <see cref="SessionReply.Unknown"/>, or <see cref="SessionReply.Attached"/>: it stands for the session under another number from now on.
    /// </summary>
    /// <param name="Identity">What the connection was told when it attached.</param>
    public sealed record Hold(
        NodeId Node,
        ConnectionId Connection,
        AttachNumber Attachment,
        SessionIdentity? Identity,
        IReadOnlyList<SessionSubscription> Subscriptions) : SessionRequest
    {
        /// <summary>The attempt it attached with.</summary>
        public long? Attempt { get; init; }

        /// <summary>What <see cref="SessionReply.Attached.IsUnwritten"/> said when it attached.</summary>
        public bool IsUnwritten { get; init; }
    }

    /// <summary>The node that held this session went down with it: start its grace time, so that nobody stays present for ever. Answered with <see cref="SessionReply.Done"/>.</summary>
    public sealed record Orphaned : SessionRequest;

    /// <summary>
    /// Is it present on this channel? The session tells the channel what is true: it announces itself there, or withdraws. So does one that does not exist.
    /// Answered with <see cref="SessionReply.Done"/>.
    /// </summary>
    public sealed record Probe(ChannelName Channel) : SessionRequest;

    /// <summary>
    /// An operator wants to know how it stands: <see cref="SessionReply.Inspected"/> or <see cref="SessionReply.Unknown"/>. Changes nothing: no timer starts
    /// anew, nothing is written, and a session that was not in memory leaves it again.
    /// </summary>
    /// <param name="Brief">Without names of state keys, subscriptions and history.</param>
    public sealed record Inspect(bool Brief = false) : SessionRequest;

    /// <summary>
    /// An operator disconnects it. Answered with <see cref="SessionReply.Done"/> once it is done, or <see cref="SessionReply.Unknown"/>.
    /// </summary>
    /// <param name="Reconnect">
    /// True: its connection is closed so that the client comes back, and the session waits for it; nothing is done when there is none. False: its client is
    /// told to stay away, and the session ends as after bye.
    /// </param>
    /// <param name="Reason">For the session's history.</param>
    public sealed record Disconnect(bool Reconnect, string? Reason) : SessionRequest
    {
        /// <summary>The second word would find no session any more, and say that there never was one.</summary>
        public override bool IsRepeatable => Reconnect;
    }
}
