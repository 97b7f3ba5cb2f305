using Realtime.Messages.Errors;

namespace Realtime.Node.Auth;

/// <summary>What became of a subscription token: until when it counts, or a refusal with words fit for the client.</summary>
/// <param name="Until">Milliseconds since 1970, leeway included; <see cref="Always"/> when it has no end; null when it is refused.</param>
public readonly record struct SubscriptionVerdict(long? Until, ErrorCode Refusal, string? Reason)
{
    public const long Always = long.MaxValue;

    public static SubscriptionVerdict Accepted(long? expires) => new(expires ?? Always, default, null);

    public static SubscriptionVerdict Refused(ErrorCode code, string reason) => new(null, code, reason);
}
