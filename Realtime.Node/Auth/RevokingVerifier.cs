using Realtime.Messages.Ids;

namespace Realtime.Node.Auth;

/// <summary>Judges tokens as another verifier does, and refuses those of revoked users. A token for a channel counts only with a session, which is judged for itself.</summary>
public sealed class RevokingVerifier(ITokenVerifier tokens, RevocationList revocations) : ITokenVerifier, ISubscriptionTokens
{
    private readonly ISubscriptionTokens _subscriptions = tokens as ISubscriptionTokens ?? new NoSubscriptionTokens();

    public TokenVerdict Verify(string token, DateTimeOffset now)
    {
        var verdict = tokens.Verify(token, now);
        return verdict.Identity is { } identity && revocations.Refusal(default, identity) is { } refusal ? refusal : verdict;
    }

    public SubscriptionVerdict Verify(string token, ChannelName channel, UserId? user, DateTimeOffset now) => _subscriptions.Verify(token, channel, user, now);
}
