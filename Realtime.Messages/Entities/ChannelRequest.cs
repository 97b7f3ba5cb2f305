using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Traces;

namespace Realtime.Messages.Entities;

/// <summary>What a channel can be told.</summary>
public abstract record ChannelRequest : EntityMessage
{
    private ChannelRequest()
    {
    }

    /// <summary>Answered with <see cref="ChannelReply.Published"/> once the namespace's durability is met.</summary>
    public sealed record Publish(Payload Payload, SessionId From, UserId? User) : ChannelRequest
    {
        public ProducerId? Producer { get; init; }

        public long? Sequence { get; init; }

        public bool Echo { get; init; } = true;

        public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

        /// <summary>The span that this is part of; null unless its trace is sampled.</summary>
        public TraceContext? Trace { get; init; }

        /// <summary>Without a sequence number nobody could tell the second copy from a second message.</summary>
        public override bool IsRepeatable => Producer is not null && Sequence is not null;

        public override int Size => Payload.Length + 256;
    }

    /// <summary>Turns a wish into a position: <see cref="ChannelReply.Located"/>.</summary>
    public sealed record Locate(StartFrom From) : ChannelRequest;

    /// <summary>The messages after a position, oldest first: <see cref="ChannelReply.Page"/>.</summary>
    public sealed record Read(StreamPosition After, int Limit, int MaxBytes) : ChannelRequest;

    /// <summary>A page of history for a client: <see cref="ChannelReply.HistoryPage"/>.</summary>
    public sealed record ReadHistory(StartFrom From, int Limit, bool Reverse) : ChannelRequest;

    /// <summary>
    /// A relay has local subscribers (again). Idempotent: repeated after any doubt. Answered with <see cref="ChannelReply.Listening"/>.
    /// </summary>
    public sealed record Listen(NodeId Node, long Generation) : ChannelRequest
    {
        /// <summary>Whom the relay believes to be here: what a new owner goes by that was not handed its predecessor's roster.</summary>
        public PresenceSnapshot? Known { get; init; }
    }

    /// <summary>
    /// A relay has no local subscribers any more; a generation older than the last <see cref="Listen"/> is ignored. This and what follows is
    /// answered with <see cref="ChannelReply.Noted"/>.
    /// </summary>
    public sealed record Unlisten(NodeId Node, long Generation) : ChannelRequest;

    /// <summary>A session is here and looks like this. Idempotent; a different <paramref name="Data"/> is a change.</summary>
    public sealed record Announce(SessionId Session, UserId? User, Payload Data) : ChannelRequest;

    /// <summary>A session is gone for good, or no longer wants to be seen.</summary>
    public sealed record Withdraw(SessionId Session) : ChannelRequest;

    /// <summary>Who is here: <see cref="ChannelReply.Present"/>.</summary>
    public sealed record WhoIsHere : ChannelRequest;

    /// <summary>
    /// An operator wants to know how it stands: <see cref="ChannelReply.Inspected"/>, or a refusal as <c>not_found</c> where there is no such
    /// namespace. Does not keep the channel in memory.
    /// </summary>
    /// <param name="Brief">Without the members' names.</param>
    public sealed record Inspect(bool Brief = false) : ChannelRequest;
}
