using Akka.Actor;
using Akka.Routing;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;

namespace Realtime.Node.Feeds;

/// <summary>
/// What a connection sends to the router of <see cref="FeedHub"/>s, which passes it on by channel. The answers are
/// <see cref="FeedEvent"/>s to <see cref="Subscriber.Connection"/>.
/// </summary>
internal abstract record FeedCommand(ChannelName Channel) : IConsistentHashable, INoSerializationVerificationNeeded
{
    public object ConsistentHashKey => Channel.Value;

    /// <summary>
    /// Answered with <see cref="FeedEvent.Joined"/> or <see cref="FeedEvent.JoinRefused"/>. A subscriber joins once; after an end a new one
    /// is made.
    /// </summary>
    public sealed record Join(Subscriber Subscriber) : FeedCommand(Subscriber.Channel);

    /// <summary>The reply to the client is queued: what follows the position may be sent.</summary>
    /// <param name="WithRoster">The reply did not carry the members.</param>
    public sealed record Begin(Subscriber Subscriber, bool WithRoster) : FeedCommand(Subscriber.Channel);

    /// <summary>Answered with <see cref="FeedEvent.Left"/>; may be sent at any time after the join.</summary>
    /// <param name="Withdraws">
    /// The client unsubscribed or said goodbye: its session is not present here any more. False: the connection is gone and the session may
    /// come back.
    /// </param>
    public sealed record Leave(Subscriber Subscriber, bool Withdraws) : FeedCommand(Subscriber.Channel);

    /// <summary>What others see of the session has changed.</summary>
    /// <param name="Member">Null: nothing, from now on.</param>
    public sealed record ShowPresence(Subscriber Subscriber, Member? Member) : FeedCommand(Subscriber.Channel);

    /// <summary>Whether its client is told from now on who is present.</summary>
    public sealed record SeePresence(Subscriber Subscriber, bool Sees) : FeedCommand(Subscriber.Channel);

    /// <summary>A repeated subscribe asks where it stands: <see cref="FeedEvent.Described"/>.</summary>
    public sealed record Describe(Subscriber Subscriber, long Tag) : FeedCommand(Subscriber.Channel);

    /// <summary>The reply to a repeated subscribe did not carry the members.</summary>
    public sealed record SendRoster(Subscriber Subscriber) : FeedCommand(Subscriber.Channel);

    /// <summary>An operator asks where a subscriber stands: <see cref="FeedEvent.Inspected"/> to the sender.</summary>
    public sealed record Inspect(Subscriber Subscriber, long Tag) : FeedCommand(Subscriber.Channel);

    /// <summary>An operator asks how many subscribers a channel has here: <see cref="ChannelSubscriberCount"/> to the sender.</summary>
    public sealed record CountSubscribers(ChannelName Channel) : FeedCommand(Channel);

    /// <summary>A queue that was full has room again. Sent by the subscriber itself.</summary>
    internal sealed record Room(Subscriber Subscriber) : FeedCommand(Subscriber.Channel);
}
