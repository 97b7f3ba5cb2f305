using Realtime.Messages.Entities;
using Realtime.Messages.Errors;

namespace Realtime.Node.Auth;

/// <summary>Judges the application's tokens. Pure of I/O: it is called on a connection's turn.</summary>
public interface ITokenVerifier
{
    /// <summary>
    /// Who the bearer is, or why the token is refused (<see cref="ErrorCode.Unauthorized"/>, <see cref="ErrorCode.TokenExpired"/>, or <see cref="ErrorCode.Unavailable"/> while keys are fetched).
    /// <c>Expires</c> of the identity is the moment from which the token does not count, leeway included: the connection ends then, and the session is not resumed without another.
    /// </summary>
    TokenVerdict Verify(string token, DateTimeOffset now);
}
