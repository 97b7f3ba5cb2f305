using System.Text;
using Microsoft.IdentityModel.Tokens;
using Realtime.Messages.Ids;

namespace Realtime.Node.Auth;

/// <summary>
/// Judges JSON Web Tokens signed with one shared key (HS256), whatever they call it. For development: whoever can check such a
/// token can also make one.
/// </summary>
public sealed class DevelopmentKeyVerifier : ITokenVerifier, ISubscriptionTokens
{
    public const int MinimumKeyBytes = 32;
    internal const string Algorithm = "HS256";

    private readonly JsonWebTokens _tokens;

    /// <param name="leeway">How long a token counts after its <c>exp</c>.</param>
    public DevelopmentKeyVerifier(string key, string? issuer = null, string? audience = null, TimeSpan leeway = default)
        : this(key, new TokenRules { Issuer = issuer, Audience = audience, Leeway = leeway })
    {
    }

    public DevelopmentKeyVerifier(string key, TokenRules rules) => _tokens = new JsonWebTokens(new OnlyKey(ToKey(key)), rules);

    public TokenVerdict Verify(string token, DateTimeOffset now) => _tokens.Verify(token, now);

    public SubscriptionVerdict Verify(string token, ChannelName channel, UserId? user, DateTimeOffset now) => _tokens.Verify(token, channel, user, now);

    internal static TokenKey ToKey(string key)
    {
        var bytes = Encoding.UTF8.GetBytes(key);
        return bytes.Length >= MinimumKeyBytes
            ? new TokenKey(null, Algorithm, new SymmetricSecurityKey(bytes))
            : throw new ArgumentException($"The key must have at least {MinimumKeyBytes} bytes.", nameof(key));
    }

    private sealed class OnlyKey(TokenKey key) : ITokenKeys
    {
        public TokenKey Find(TokenHeader header, out TokenVerdict missing)
        {
            missing = default;
            return key;
        }
    }
}
