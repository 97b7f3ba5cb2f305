using Realtime.Messages.Entities;
using Realtime.Messages.Errors;

namespace Realtime.Node.Auth;

/// <summary>What became of a token: an identity, or a refusal with words fit for the client.</summary>
public readonly record struct TokenVerdict(SessionIdentity? Identity, ErrorCode Refusal, string? Reason)
{
    /// <summary>Milliseconds after which it may be tried again; null: it will be refused again.</summary>
    public int? RetryAfter { get; init; }

    public static TokenVerdict Accepted(SessionIdentity identity) => new(identity, default, null);

    public static TokenVerdict Refused(ErrorCode code, string reason) => new(null, code, reason);

    /// <summary>Nobody knows yet: the keys are on their way.</summary>
    public static TokenVerdict Unavailable(string reason, int retryAfter) => new(null, ErrorCode.Unavailable, reason) { RetryAfter = retryAfter };
}
