using Realtime.Messages.Errors;

namespace Realtime.Node.Auth;

/// <summary>
/// For a node without a key: sessions are anonymous. A token is refused rather than ignored, because a client that brought one believes
/// it is somebody.
/// </summary>
public sealed class NoTokenVerifier : ITokenVerifier
{
    public TokenVerdict Verify(string token, DateTimeOffset now) =>
        TokenVerdict.Refused(ErrorCode.Unauthorized, "This server takes no tokens: no key is configured. Connect without a token to be anonymous.");
}
