using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Traces;

namespace Realtime.Messages.Entities;

/// <summary>What a channel tells the relays that listen.</summary>
public abstract record ChannelNews(ChannelName Channel) : NodeMessage
{
    /// <summary>
    /// Committed messages in offset order, contiguous. One copy per node, however many subscribers it has.
    /// On a channel without a log the offsets are 0 and the epoch is none.
    /// </summary>
    public sealed record Messages(ChannelName Channel, Epoch Epoch, IReadOnlyList<LogMessage> Items) : ChannelNews(Channel)
    {
        /// <summary>The spans of those publishes among them that are traced: hardly ever any.</summary>
        public IReadOnlyList<TraceContext> Traces { get; init; } = [];
    }

    /// <summary>Where the log ends: repairs a lost last message.</summary>
    public sealed record Head(ChannelName Channel, StreamPosition Position) : ChannelNews(Channel);

    public sealed record Presence(
        ChannelName Channel, PresenceChange Change, IReadOnlyList<Member> Members, int Count, long Revision) : ChannelNews(Channel);

    /// <summary>The entity stopped and no longer knows who listens: announce again.</summary>
    public sealed record Forgotten(ChannelName Channel) : ChannelNews(Channel);
}
