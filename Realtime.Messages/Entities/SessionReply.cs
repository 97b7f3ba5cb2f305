using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Messages.Entities;

/// <summary>What a session answers.</summary>
public abstract record SessionReply : EntityReply
{
    private SessionReply()
    {
    }

    public sealed record Attached(AttachNumber Attachment, UserId? User, long? Expires) : SessionReply
    {
        /// <summary>There is no row of it in the store yet: whoever holds it may have to prove that it was there.</summary>
        public bool IsUnwritten { get; init; }

        public IReadOnlyList<SessionSubscription> Subscriptions { get; init; } = [];

        public IReadOnlyList<KeyValuePair<string, Payload>> State { get; init; } = [];
    }

    /// <summary>No such session, or it belongs to another user, or it is over: the connection opens a new one.</summary>
    public sealed record Unknown : SessionReply;

    /// <summary>A newer attachment holds the session.</summary>
    public sealed record Stale : SessionReply;

    public sealed record Done : SessionReply;

    /// <summary>The answer to <see cref="SessionRequest.Inspect"/>.</summary>
    public sealed record Inspected(SessionAccount Account) : SessionReply;
}
