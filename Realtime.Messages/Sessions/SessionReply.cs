using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Messages.Sessions;

/// <summary>What a session answers to the sender of a <see cref="SessionRequest"/>.</summary>
/// <param name="Tag">The request's.</param>
public abstract record SessionReply(long Tag)
{
    /// <summary>
    /// The connection holds the session. The same request again, or the connection's next one, gets the same attachment; a newer connection
    /// gets a higher one.
    /// </summary>
    /// <param name="Identity">Null: the session is anonymous.</param>
    public sealed record Attached(long Tag, Attachment Attachment, SessionIdentity? Identity) : SessionReply(Tag)
    {
        public IReadOnlyList<SessionSubscription> Subscriptions { get; init; } = [];

        public IReadOnlyList<KeyValuePair<string, Payload>> State { get; init; } = [];
    }

    /// <summary>No such session, or it has ended, or it is of another user: the connection opens a new one.</summary>
    public sealed record Unknown(long Tag) : SessionReply(Tag);

    /// <summary>A newer connection holds the session, or did. Final for this one.</summary>
    public sealed record Superseded(long Tag) : SessionReply(Tag);

    /// <summary>No connection holds the session. The sender attaches again, then repeats in order what is not answered.</summary>
    public sealed record NotAttached(long Tag) : SessionReply(Tag);

    public sealed record Done(long Tag) : SessionReply(Tag);

    /// <summary>The session stays: it is in use, or its time to live is not over.</summary>
    public sealed record Kept(long Tag) : SessionReply(Tag);

    public sealed record Inspected(long Tag, SessionInfo Info) : SessionReply(Tag);

    /// <summary>The request was not done and may be sent again as it is: the session's actor is stopping.</summary>
    public sealed record Retry(long Tag) : SessionReply(Tag);

    /// <summary>The request was not done or, with <see cref="Outcome.Unknown"/>, may have been.</summary>
    /// <param name="RetryAfter">Milliseconds.</param>
    public sealed record Refused(long Tag, ErrorCode Code, string Message, int? RetryAfter = null, Outcome Outcome = Outcome.None)
        : SessionReply(Tag);
}
