using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;

namespace Realtime.Node.Auth;

/// <summary>
/// Judges JSON Web Tokens signed with one shared key (HS256). The key fixes the algorithm; what the token says about keys and
/// algorithms (<c>alg</c>, <c>kid</c>, <c>jku</c>, <c>jwk</c>, <c>x5u</c>) chooses nothing. For development: whoever can check such a
/// token can also make one.
/// </summary>
public sealed class DevelopmentKeyVerifier : ITokenVerifier, ISubscriptionTokens
{
    public const int MinimumKeyBytes = 32;
    private const int MaximumTokenLength = 8 * 1024;

    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = MaximumTokenLength };
    private readonly TokenValidationParameters _parameters;
    private readonly TimeSpan _leeway;

    /// <param name="leeway">How long a token counts after its <c>exp</c>.</param>
    public DevelopmentKeyVerifier(string key, string? issuer = null, string? audience = null, TimeSpan leeway = default)
    {
        _leeway = leeway;
        var bytes = Encoding.UTF8.GetBytes(key);
        if (bytes.Length < MinimumKeyBytes)
        {
            throw new ArgumentException($"The key must have at least {MinimumKeyBytes} bytes.", nameof(key));
        }

        var signingKey = new SymmetricSecurityKey(bytes);
        _parameters = new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            RequireSignedTokens = true,
            IssuerSigningKeyResolver = (_, _, _, _) => [signingKey],
            TryAllIssuerSigningKeys = false,
            ValidateIssuer = issuer is not null,
            ValidIssuer = issuer,
            ValidateAudience = audience is not null,
            ValidAudience = audience,
            RequireAudience = audience is not null,

            // Against the caller's clock, in TokenClaims; the library would ask the system's.
            ValidateLifetime = false,
            RequireExpirationTime = false,
        };
    }

    public TokenVerdict Verify(string token, DateTimeOffset now)
    {
        if (token.Length > MaximumTokenLength)
        {
            return Refused($"The token is longer than {MaximumTokenLength} characters.");
        }

        if (!TokenClaims.TryRead(token, out var claims, out var fault))
        {
            return Refused(fault);
        }

        // Only then, so that nobody learns anything about a token from times that nobody vouches for.
        return SignatureFault(token) is { } wrong ? Refused(wrong) : claims.Judge(now, _leeway);
    }

    public SubscriptionVerdict Verify(string token, ChannelName channel, UserId? user, DateTimeOffset now)
    {
        var wrong = token.Length > MaximumTokenLength ? $"The token is longer than {MaximumTokenLength} characters."
            : TokenClaims.HeaderFault(token) ?? SignatureFault(token);
        return wrong is not null ? SubscriptionVerdict.Refused(ErrorCode.Unauthorized, wrong)
            : SubscriptionClaims.TryRead(token, out var claims) ? claims.Judge(channel, user, now, _leeway)
            : SubscriptionVerdict.Refused(ErrorCode.Unauthorized, "The token names no channel (channel), or its claims are malformed.");
    }

    private string? SignatureFault(string token)
    {
        // Completes synchronously: with the key at hand there is nothing to fetch.
        var validation = _handler.ValidateTokenAsync(token, _parameters);
        if (!validation.IsCompleted)
        {
            throw new InvalidOperationException("Checking a token with a local key must not wait.");
        }

        var result = validation.GetAwaiter().GetResult();
        return result.IsValid ? null : Reason(result.Exception);
    }

    private static TokenVerdict Refused(string reason) => TokenVerdict.Refused(ErrorCode.Unauthorized, reason);

    /// <summary>Words of our own: the library's messages quote the token.</summary>
    private static string Reason(Exception? exception) => exception switch
    {
        SecurityTokenInvalidIssuerException => "The token's issuer is not the one this server expects.",
        SecurityTokenInvalidAudienceException => "The token is not meant for this server (aud).",
        SecurityTokenSignatureKeyNotFoundException or SecurityTokenInvalidSignatureException or SecurityTokenInvalidAlgorithmException =>
            "The token's signature is not valid.",
        _ => "The token is not valid.",
    };
}
