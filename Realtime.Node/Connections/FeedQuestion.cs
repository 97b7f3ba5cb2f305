using Realtime.Messages.Positions;

namespace Realtime.Node.Connections;

/// <summary>What a feed waits for from its channel.</summary>
internal abstract class FeedQuestion
{
    private FeedQuestion()
    {
    }

    /// <summary>Monotonic timestamp; null: to be asked again at the next look at the clock.</summary>
    public long? AskedAt { get; set; }

    /// <summary>Whether the channel knows that this relay listens, and where its log ends.</summary>
    public sealed class Listening(long generation) : FeedQuestion
    {
        public long Generation => generation;
    }

    /// <summary>Where a subscriber's wish begins.</summary>
    public sealed class Where(Subscriber subscriber) : FeedQuestion
    {
        public Subscriber Subscriber => subscriber;
    }

    /// <summary>What comes after a position; shared by all readers that stand there.</summary>
    public sealed class Page(StreamPosition after, Subscriber first) : FeedQuestion
    {
        public StreamPosition After => after;

        public List<Subscriber> Readers { get; } = [first];
    }
}
