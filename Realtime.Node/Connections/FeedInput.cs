using Realtime.Messages.Entities;

namespace Realtime.Node.Connections;

/// <summary>What can be told to a channel's feed.</summary>
internal abstract record FeedInput
{
    private FeedInput()
    {
    }

    public sealed record Join(Subscriber Subscriber) : FeedInput;

    /// <summary>The subscriber's reply is out: begin to send.</summary>
    /// <param name="WithRoster">The reply did not carry who is here.</param>
    public sealed record Begin(Subscriber Subscriber, bool WithRoster) : FeedInput;

    public sealed record Leave(Subscriber Subscriber) : FeedInput;

    /// <summary>A repeated subscribe wants to know where it stands.</summary>
    public sealed record Describe(Subscriber Subscriber, long Tag) : FeedInput;

    /// <summary>The answer to a repeated subscribe did not carry who is here.</summary>
    public sealed record SendRoster(Subscriber Subscriber) : FeedInput;

    /// <summary>An operator wants to know where a subscriber stands.</summary>
    /// <param name="Answer">Null: it is here no more.</param>
    public sealed record Inspect(Subscriber Subscriber, TaskCompletionSource<LiveSubscription?> Answer) : FeedInput;

    /// <summary>A queue that was full has room again.</summary>
    public sealed record Room(Subscriber Subscriber) : FeedInput;

    public sealed record News(ChannelNews Item) : FeedInput;

    public sealed record Replied(long Tag, EntityReply Reply) : FeedInput;

    public sealed record Tick : FeedInput;

    /// <summary>Whoever owns the channel now may not know that this relay listens.</summary>
    public sealed record OwnerInDoubt : FeedInput
    {
        public static OwnerInDoubt Instance { get; } = new();
    }
}
