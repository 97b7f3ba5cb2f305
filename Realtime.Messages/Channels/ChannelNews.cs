using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Traces;

namespace Realtime.Messages.Channels;

/// <summary>What a channel sends to the feeds that listen.</summary>
public abstract record ChannelNews(ChannelName Channel)
{
    /// <summary>
    /// Committed messages in offset order, contiguous. On a channel without a log the offsets are 0 and the epoch is none. The same
    /// instance goes to every feed, so that it is encoded once per channel.
    /// </summary>
    public sealed record Batch(ChannelName Channel, Epoch Epoch, IReadOnlyList<LogMessage> Messages) : ChannelNews(Channel)
    {
        /// <summary>The spans of those publishes among them that are traced.</summary>
        public IReadOnlyList<TraceContext> Traces { get; init; } = [];

        /// <summary>
        /// Bytes of all batches of this actor up to and with this one, also of those that the feed was not sent: what a feed has taken is told
        /// by the last one, so a batch that is lost is no deficit for longer than until the next.
        /// </summary>
        public long Through { get; init; }

        /// <summary>What they count against the bound of batches that a feed has not taken.</summary>
        public long Bytes { get; } = SizeOf(Messages);

        public SharedEncoding Encoding { get; } = new();

        private static long SizeOf(IReadOnlyList<LogMessage> messages)
        {
            long bytes = 0;
            for (var i = 0; i < messages.Count; i++)
            {
                bytes += messages[i].Size;
            }

            return bytes;
        }
    }

    /// <summary>Where the log ends, after a recovery.</summary>
    public sealed record Head(ChannelName Channel, StreamPosition Position) : ChannelNews(Channel);

    /// <summary>
    /// To a feed on another node that does not take batches fast enough: it gets no more until it says <see cref="ChannelRequest.Taken"/> with
    /// this <paramref name="Through"/>, and then hears where the channel stands (<see cref="ChannelReply.Renewed"/>). What it misses it reads
    /// by pages; without a log it is lost.
    /// </summary>
    /// <param name="Position">Where the log ends; none where the namespace keeps none.</param>
    public sealed record Held(ChannelName Channel, StreamPosition Position, long Through) : ChannelNews(Channel);

    /// <param name="Members">Empty above the namespace's roster limit.</param>
    /// <param name="Revision">Follows the one before by one; a feed that misses one reads the roster.</param>
    public sealed record Presence(ChannelName Channel, PresenceChange Change, IReadOnlyList<Member> Members, int Count, long Revision)
        : ChannelNews(Channel);

    /// <summary>The channel stops here and forgets its feeds: listen anew.</summary>
    public sealed record Moved(ChannelName Channel) : ChannelNews(Channel);
}
