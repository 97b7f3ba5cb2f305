using Realtime.Messages.Entities;
using Realtime.Messages.Frames;

namespace Realtime.Node.Connections;

/// <summary>The connection behind a subscriber; called from feeds, must not block.</summary>
internal interface ISubscriptionOwner
{
    /// <summary>The subscriber is placed and held until it is begun.</summary>
    void OnJoined(Subscriber subscriber, SubscriptionInfo info);

    void OnJoinRefused(Subscriber subscriber, EntityReply.Refused refusal);

    /// <summary>Nothing more comes from this subscriber.</summary>
    void OnLeft(Subscriber subscriber);

    /// <summary>The answer to <see cref="FeedInput.Describe"/>.</summary>
    void OnDescribed(Subscriber subscriber, SubscriptionInfo info, long tag);

    /// <summary>The reader is so far behind that the namespace's policy, or memory, ends it.</summary>
    void OnTooSlow();
}
