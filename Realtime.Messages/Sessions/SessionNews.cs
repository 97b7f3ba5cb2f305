using Realtime.Messages.Errors;
using Realtime.Messages.Ids;

namespace Realtime.Messages.Sessions;

/// <summary>What a session sends to the connection that holds it, unasked.</summary>
public abstract record SessionNews(SessionId Session)
{
    /// <summary>Close with this code: the connection does not hold the session any more.</summary>
    public sealed record Dismissed(SessionId Session, CloseCode Code) : SessionNews(Session);

    /// <summary>The session's actor stops and forgets its holder: attach again.</summary>
    public sealed record Moved(SessionId Session) : SessionNews(Session);
}
