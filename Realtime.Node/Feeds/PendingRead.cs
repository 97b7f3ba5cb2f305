using Realtime.Messages.Positions;

namespace Realtime.Node.Feeds;

/// <summary>What a feed has asked its channel to read, until it is answered.</summary>
internal abstract class PendingRead
{
    private PendingRead()
    {
    }

    /// <summary>Seconds since it was sent last.</summary>
    public int Age { get; set; }

    /// <summary>Where a subscriber's wish begins, with the first page.</summary>
    public sealed class First(Subscriber subscriber) : PendingRead
    {
        public Subscriber Subscriber => subscriber;
    }

    /// <summary>What follows a position; shared by all readers that stand there.</summary>
    public sealed class Page(StreamPosition after, Subscriber reader) : PendingRead
    {
        public StreamPosition After => after;

        public List<Subscriber> Readers { get; } = [reader];
    }
}
