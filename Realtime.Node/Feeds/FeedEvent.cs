using Akka.Actor;
using Akka.Event;
using Realtime.Messages.Channels;
using Realtime.Messages.Frames;

namespace Realtime.Node.Feeds;

/// <summary>What a feed sends to a subscriber's connection. Messages of the channel do not pass here but through its queue.</summary>
internal abstract record FeedEvent(Subscriber Subscriber) : INoSerializationVerificationNeeded
{
    /// <summary>The subscriber has its place and is held until <see cref="FeedCommand.Begin"/>.</summary>
    public sealed record Joined(Subscriber Subscriber, SubscriptionInfo Info) : FeedEvent(Subscriber);

    /// <summary>The subscriber is not in the feed.</summary>
    public sealed record JoinRefused(Subscriber Subscriber, ChannelReply.Refused Reason) : FeedEvent(Subscriber);

    /// <summary>Nothing more comes from this subscriber. A connection that is over has left all its feeds and need not hear of it.</summary>
    public sealed record Left(Subscriber Subscriber) : FeedEvent(Subscriber), IDeadLetterSuppression;

    public sealed record Described(Subscriber Subscriber, SubscriptionInfo Info, long Tag) : FeedEvent(Subscriber);

    /// <param name="Subscription">Null: it is not in the feed.</param>
    public sealed record Inspected(Subscriber Subscriber, LiveSubscription? Subscription, long Tag) : FeedEvent(Subscriber);

    /// <summary>
    /// The reader is so far behind that the namespace's policy, or memory, ends it: close the connection, the session may resume. Sent once
    /// for each subscriber; nothing more is sent to it.
    /// </summary>
    public sealed record TooSlow(Subscriber Subscriber) : FeedEvent(Subscriber);

    /// <summary>
    /// The feed has failed and the subscriber is in none. What its client has seen is certain to the client only: close the connection so
    /// that it resumes from its own position.
    /// </summary>
    public sealed record FeedFailed(Subscriber Subscriber) : FeedEvent(Subscriber);
}
