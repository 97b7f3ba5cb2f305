using Realtime.Messages.Entities;
using Realtime.Messages.Errors;

namespace Realtime.Node.Auth;

/// <summary>What became of a token: an identity, or a refusal with words fit for the client.</summary>
public readonly record struct TokenVerdict(SessionIdentity? Identity, ErrorCode Refusal, string? Reason)
{
    public static TokenVerdict Accepted(SessionIdentity identity) => new(identity, default, null);

    public static TokenVerdict Refused(ErrorCode code, string reason) => new(null, code, reason);
}
