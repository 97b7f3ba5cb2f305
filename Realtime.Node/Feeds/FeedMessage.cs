using Akka.Actor;
using Realtime.Messages.Ids;

namespace Realtime.Node.Feeds;

/// <summary>What a feed and its hub say to each other, and a feed to itself.</summary>
internal abstract record FeedMessage : INoSerializationVerificationNeeded
{
    private FeedMessage()
    {
    }

    /// <summary>To the hub: this actor is believed from now on; nobody: none is.</summary>
    public sealed record LeaseChanged(ChannelName Channel, IActorRef Owner, long Attempt) : FeedMessage;

    /// <summary>To the hub: there is nothing to do for this feed.</summary>
    /// <param name="Joins">How many joins it has read: with one more under way the hub lets it live.</param>
    public sealed record Idle(ChannelName Channel, long Joins) : FeedMessage;

    /// <summary>To the feed: the actor it believes is gone or does not answer, or whom it asks may have changed.</summary>
    /// <param name="Attempt">The feed's latest; what it has begun since is not touched.</param>
    public sealed record ListenAnew(long Attempt) : FeedMessage;

    /// <summary>To the hub itself: the next feeds are to listen anew.</summary>
    public sealed record NextListens : FeedMessage
    {
        public static NextListens Instance { get; } = new();
    }

    /// <summary>To itself, behind the batches that are in the mailbox: they go out as one run.</summary>
    public sealed record Flush : FeedMessage
    {
        public static Flush Instance { get; } = new();
    }

    /// <summary>To itself, after a second.</summary>
    public sealed record Tick : FeedMessage
    {
        public static Tick Instance { get; } = new();
    }

    /// <summary>To the hub itself: the interest of its feeds is to be renewed.</summary>
    public sealed record Renew : FeedMessage
    {
        public static Renew Instance { get; } = new();
    }
}
