using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;

namespace Realtime.Messages.Sessions;

/// <summary>What a session sends to the connection that holds it, unasked.</summary>
public abstract record SessionNews(SessionId Session)
{
    /// <summary>Close with this code: the connection does not hold the session any more.</summary>
    public sealed record Dismissed(SessionId Session, CloseCode Code) : SessionNews(Session);

    /// <summary>The application has subscribed the session: join, and confirm with <see cref="SessionRequest.PutSubscription"/>. May come twice.</summary>
    /// <param name="Reason">For the client.</param>
    public sealed record Subscribed(SessionId Session, SessionSubscription Subscription, string? Reason) : SessionNews(Session);

    /// <summary>The application has ended a subscription: leave, and confirm with <see cref="SessionRequest.RemoveSubscription"/>. May come twice.</summary>
    /// <param name="Reason">For the client.</param>
    public sealed record Unsubscribed(SessionId Session, ChannelName Channel, string? Reason) : SessionNews(Session);

    /// <summary>The session's actor stops and forgets its holder: attach again.</summary>
    public sealed record Moved(SessionId Session) : SessionNews(Session);
}
