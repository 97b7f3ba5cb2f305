using Realtime.Messages.Errors;
using Realtime.Messages.Ids;

namespace Realtime.Node.Auth;

/// <summary>For a node without a key.</summary>
public sealed class NoSubscriptionTokens : ISubscriptionTokens
{
    public SubscriptionVerdict Verify(string token, ChannelName channel, UserId? user, DateTimeOffset now) =>
        SubscriptionVerdict.Refused(ErrorCode.Forbidden, "This server takes no subscription tokens: no key is configured.");
}
