using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Realtime.Node.Auth;

/// <summary>One key and the one algorithm that it checks. What a token says about algorithms and keys changes neither.</summary>
public sealed class TokenKey
{
    public const int MaximumTokenLength = 8 * 1024;

    private static readonly JsonWebTokenHandler Handler = new() { MaximumTokenSizeInBytes = MaximumTokenLength };
    private readonly TokenValidationParameters _parameters;

    internal TokenKey(string? id, string algorithm, SecurityKey key)
    {
        Id = id;
        Algorithm = algorithm;
        Family = TokenAlgorithms.FamilyOf(algorithm) ?? throw new ArgumentException("There is no such algorithm.", nameof(algorithm));
        _parameters = new TokenValidationParameters
        {
            ValidAlgorithms = [algorithm],
            RequireSignedTokens = true,
            IssuerSigningKeyResolver = (_, _, _, _) => [key],
            TryAllIssuerSigningKeys = false,

            // The signature alone: TokenClaims judges what is said, against the caller's clock.
            ValidateIssuer = false,
            ValidateAudience = false,
            ValidateLifetime = false,
            RequireExpirationTime = false,
        };
    }

    /// <summary>Its name, <c>kid</c>.</summary>
    public string? Id { get; }

    public string Algorithm { get; }

    public KeyFamily Family { get; }

    /// <summary>Whether this key signed the token.</summary>
    public bool Signed(string token)
    {
        // Completes synchronously: with the key at hand there is nothing to fetch.
        var validation = Handler.ValidateTokenAsync(token, _parameters);
        return validation.IsCompleted
            ? validation.GetAwaiter().GetResult().IsValid
            : throw new InvalidOperationException("Checking a token with a key at hand must not wait.");
    }
}
