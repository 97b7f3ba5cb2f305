using Realtime.Messages.Errors;
using Realtime.Messages.Ids;

namespace Realtime.Node.Auth;

/// <summary>
/// Judges tokens for one channel whose name begins with <c>$</c>. Pure of I/O: it is called on a connection's turn. An <see cref="ITokenVerifier"/> that is one of these too judges both kinds by its keys.
/// </summary>
public interface ISubscriptionTokens
{
    /// <summary>
    /// Whether the token lets this user subscribe to this channel, or why not: <see cref="ErrorCode.Unauthorized"/>, <see cref="ErrorCode.TokenExpired"/>, or <see cref="ErrorCode.Forbidden"/> for one of another
    /// channel or user.
    /// </summary>
    /// <param name="user">Null: the session is anonymous.</param>
    SubscriptionVerdict Verify(string token, ChannelName channel, UserId? user, DateTimeOffset now);
}
