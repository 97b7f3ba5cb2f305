using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Traces;

namespace Realtime.Messages.Channels;

/// <summary>
/// What is sent to a channel through its shard region. The answer is a <see cref="ChannelReply"/> to the sender with the same tag.
/// </summary>
/// <remarks>
/// A request that is not answered is sent again. Every request can be repeated harmlessly, except a <see cref="Publish"/> without a
/// sequence number; that one is repeated only after <see cref="ChannelReply.Retry"/>.
/// </remarks>
/// <param name="Tag">Chosen by the sender.</param>
public abstract record ChannelRequest(ChannelName Channel, long Tag)
{
    /// <summary>Answered with <see cref="ChannelReply.Published"/> once the namespace's durability is met.</summary>
    public sealed record Publish(ChannelName Channel, long Tag, Payload Payload, SessionId From, UserId? User) : ChannelRequest(Channel, Tag)
    {
        public ProducerId? Producer { get; init; }

        public long? Sequence { get; init; }

        /// <summary>
        /// The number that this connection sent to this channel before, while that one is unanswered; else null. Where the channel does not
        /// know it, it answers <see cref="ChannelReply.Retry"/>: a repeat must not overtake what was sent before.
        /// </summary>
        public long? Predecessor { get; init; }

        public bool Echo { get; init; } = true;

        public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

        /// <summary>A session that does not get it; none: all do.</summary>
        public SessionId Except { get; init; }

        /// <summary>Milliseconds since 1970 after which nobody gets it any more; null: it has no end of its own.</summary>
        public long? Expires { get; init; }

        /// <summary>
        /// Where the log must end when this is given its offset; else it is refused as <c>conflict</c>. A repeat that is recognised is answered as the first one was.
        /// </summary>
        public StreamPosition? Expected { get; init; }

        /// <summary>The span that this is part of; null unless its trace is sampled.</summary>
        public TraceContext? Trace { get; init; }
    }

    /// <summary>
    /// Many publishes at a time, in their order: each is answered to the sender by its own tag, as if it had come alone. All name the channel of the request.
    /// </summary>
    public sealed record PublishMany(ChannelName Channel, IReadOnlyList<Publish> Publishes) : ChannelRequest(Channel, 0);

    /// <summary>
    /// A feed has a new subscriber: turns the wish into a position and brings the first page of what follows it. Answered with
    /// <see cref="ChannelReply.Subscribed"/>.
    /// </summary>
    /// <param name="WantsRoster">Whether the answer brings the first part of the roster, too.</param>
    public sealed record Subscribe(ChannelName Channel, long Tag, StartFrom From, int PageMessages, int PageBytes, bool WantsRoster)
        : ChannelRequest(Channel, Tag);

    /// <summary>The messages after a position, oldest first: <see cref="ChannelReply.Page"/>.</summary>
    public sealed record Read(ChannelName Channel, long Tag, StreamPosition After, int PageMessages, int PageBytes) : ChannelRequest(Channel, Tag);

    /// <summary>A page of history for a client: <see cref="ChannelReply.HistoryPage"/>.</summary>
    public sealed record ReadHistory(ChannelName Channel, long Tag, StartFrom From, int PageMessages, bool Reverse) : ChannelRequest(Channel, Tag);

    /// <summary>
    /// The sender is a feed with local subscribers and receives <see cref="ChannelNews"/> from now on. Answered with
    /// <see cref="ChannelReply.Listening"/>; a feed accepts news only from the actor that answered its latest attempt.
    /// </summary>
    /// <param name="Attempt">Grows with every Listen and Unlisten of this node's life; older ones are ignored.</param>
    public sealed record Listen(ChannelName Channel, long Tag, FeedId Feed, long Attempt) : ChannelRequest(Channel, Tag)
    {
        /// <summary>
        /// The roster as this feed knows it, from which an owner that has just started goes on. Null: it knows none. With
        /// <see cref="PresenceSnapshot.More"/> the rest follows in further requests of the same attempt, and the last one is answered.
        /// </summary>
        public PresenceSnapshot? Known { get; init; }

        /// <summary>The highest revision of the roster that this feed has told its subscribers: the channel's goes on above it. -1: none.</summary>
        public long Revision { get; init; } = -1;
    }

    /// <summary>
    /// A feed has no subscribers any more. What it claims and did not withdraw stays for the orphan grace. Answered with
    /// <see cref="ChannelReply.Noted"/>.
    /// </summary>
    public sealed record Unlisten(ChannelName Channel, long Tag, FeedId Feed, long Attempt) : ChannelRequest(Channel, Tag);

    /// <summary>
    /// A feed claims sessions as present, in pages below the frame size; after each <see cref="ChannelReply.Listening"/> of another actor it
    /// claims all of its own. A claim with other data is a change. Answered with <see cref="ChannelReply.Noted"/>, or with
    /// <see cref="ChannelReply.Retry"/> when the feed does not listen: nobody would notice its end.
    /// </summary>
    public sealed record Claim(ChannelName Channel, long Tag, FeedId Feed, IReadOnlyList<PresenceClaim> Claims) : ChannelRequest(Channel, Tag);

    /// <summary>
    /// A session is gone for good or no longer wants to be seen. Final when its stamp is the newest, ignored when it is older. Also sent
    /// by the session itself when it ends, with <see cref="PresenceStamp.Final"/>. Answered with <see cref="ChannelReply.Noted"/>.
    /// </summary>
    public sealed record Withdraw(ChannelName Channel, long Tag, SessionId Session, PresenceStamp Stamp) : ChannelRequest(Channel, Tag);

    /// <summary>A page of the roster in the order of session ids: <see cref="ChannelReply.RosterPage"/>.</summary>
    /// <param name="After">The last member of the page before; none: from the first on.</param>
    public sealed record ReadRoster(ChannelName Channel, long Tag, SessionId After) : ChannelRequest(Channel, Tag);

    /// <summary>
    /// A hub asks for a feed of its node whether it is still listened to and where the log ends: <see cref="ChannelReply.Renewed"/>.
    /// Sent to channels that run, not through the region: it starts none and keeps none in memory.
    /// </summary>
    public sealed record Renew(ChannelName Channel, long Tag, FeedId Feed, long Attempt) : ChannelRequest(Channel, Tag)
    {
        /// <summary>Of a feed on another node: answered only when the channel knows something else. Null: answered in any case.</summary>
        public FeedProgress? Progress { get; init; }
    }

    /// <summary>
    /// A feed on another node has taken batches; not answered. Beyond a bound of bytes not taken the channel sends none, until everything that
    /// it sent is taken.
    /// </summary>
    /// <param name="Through">Of the last batch, or of <see cref="ChannelNews.Held"/>.</param>
    public sealed record Taken(ChannelName Channel, FeedId Feed, long Attempt, long Through) : ChannelRequest(Channel, 0);

    /// <summary>
    /// The server needs the messages of one of its own logs no more: they are trimmed. Answered with <see cref="ChannelReply.Noted"/> when that has begun; it may be lost with its node, and is
    /// asked for again then.
    /// </summary>
    /// <param name="Through">The last one that goes.</param>
    public sealed record Trim(ChannelName Channel, long Tag, long Through) : ChannelRequest(Channel, Tag);

    /// <summary>
    /// Who reads the reports of this channel believes it to be occupied, or these to be present on it: where that is not so the channel reports it, once it knows for sure. Answered with <see cref="ChannelReply.Noted"/>.
    /// </summary>
    /// <param name="Members">At most <see cref="MostMembers"/>.</param>
    public sealed record Report(ChannelName Channel, long Tag, IReadOnlyList<SessionId> Members) : ChannelRequest(Channel, Tag)
    {
        /// <summary>About 20 KiB.</summary>
        public const int MostMembers = 1000;
    }

    /// <summary>An operator's question: <see cref="ChannelReply.Inspected"/>. Does not keep the channel in memory.</summary>
    /// <param name="Brief">Without the members.</param>
    public sealed record Inspect(ChannelName Channel, long Tag, bool Brief = false) : ChannelRequest(Channel, Tag);
}
