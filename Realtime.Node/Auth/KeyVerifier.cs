using Realtime.Messages.Errors;
using Realtime.Messages.Ids;

namespace Realtime.Node.Auth;

/// <summary>Judges JSON Web Tokens by several keys, as the rotation of keys needs: those of the configuration and those of a provider.</summary>
public sealed class KeyVerifier : ITokenVerifier, ISubscriptionTokens
{
    private readonly JsonWebTokens _tokens;

    /// <param name="keys">Those with a name are found by it, letter case aside; those without are for tokens without <c>kid</c>.</param>
    /// <param name="provider">Null: there are no others.</param>
    public KeyVerifier(IReadOnlyList<TokenKey> keys, IKeyProvider? provider, TokenRules rules) => _tokens = new JsonWebTokens(new KnownKeys(keys, provider), rules);

    public TokenVerdict Verify(string token, DateTimeOffset now) => _tokens.Verify(token, now);

    public SubscriptionVerdict Verify(string token, ChannelName channel, UserId? user, DateTimeOffset now) => _tokens.Verify(token, channel, user, now);

    private sealed class KnownKeys(IReadOnlyList<TokenKey> own, IKeyProvider? provider) : ITokenKeys
    {
        private const int FetchTime = 1_000;
        private readonly Dictionary<string, TokenKey> _byName =
            own.Where(key => key.Id is not null).ToDictionary(key => key.Id!, StringComparer.OrdinalIgnoreCase);

        public string? Issuer => provider?.Keys.Issuer;

        public TokenKey? Find(TokenHeader header, out TokenVerdict missing)
        {
            missing = default;
            if (TokenAlgorithms.FamilyOf(header.Algorithm) is not { } family)
            {
                missing = Refused("The token is not signed by an algorithm this server knows.");
                return null;
            }

            var found = header.KeyId is { } id ? Find(id) : Find(family);
            if (found is null)
            {
                missing = Missing(header);
            }

            return found;
        }

        private TokenKey? Find(string id) => _byName.TryGetValue(id, out var key) ? key : provider?.Keys.Find(id);

        private TokenKey? Find(KeyFamily family)
        {
            TokenKey? only = null;
            foreach (var key in own.Concat(provider?.Keys.All ?? []).Where(key => key.Family == family))
            {
                if (only is not null)
                {
                    return null;
                }

                only = key;
            }

            return only;
        }

        /// <summary>The provider may have made a key since it was asked last. As long as it has never answered, no token can be told from a forged one.</summary>
        private TokenVerdict Missing(TokenHeader header)
        {
            if (provider is not null && (header.KeyId is not null || provider.Keys.All.Count == 0) && (provider.Ask() || !provider.Keys.IsFetched))
            {
                return TokenVerdict.Unavailable("The token's key is not known yet: the keys are being fetched.", FetchTime);
            }

            return Refused(header.KeyId is null
                ? "The token does not say which key signed it (kid), and there is not exactly one that could have."
                : "The token's key (kid) is not known.");
        }

        private static TokenVerdict Refused(string reason) => TokenVerdict.Refused(ErrorCode.Unauthorized, reason);
    }
}
