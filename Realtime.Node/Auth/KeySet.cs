using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Realtime.Node.Auth;

/// <summary>The public keys of a provider (RFC 7517). What cannot be used is left out: it may be for something else.</summary>
public static class KeySet
{
    /// <summary>More are no set of keys in use.</summary>
    private const int MaximumKeys = 100;

    /// <exception cref="JsonException">It is not a set of keys.</exception>
    public static IReadOnlyList<TokenKey> Read(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 16 });
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException("There are no keys in it.");
        }

        return [.. keys.EnumerateArray().Take(MaximumKeys).Select(ToKey).OfType<TokenKey>()];
    }

    private static TokenKey? ToKey(JsonElement element)
    {
        try
        {
            var key = new JsonWebKey(element.GetRawText());
            var signs = key.Use is null or "" or "sig" && (key.KeyOps.Count == 0 || key.KeyOps.Contains("verify"));
            return !signs ? null : key.Kty switch
            {
                "RSA" => ToRsa(key),
                "EC" => ToElliptic(key),

                // A secret that is published is none.
                _ => null,
            };
        }
        catch (Exception unusable) when (unusable is ArgumentException or CryptographicException or FormatException)
        {
            return null;
        }
    }

    private static TokenKey? ToRsa(JsonWebKey key)
    {
        var algorithm = string.IsNullOrEmpty(key.Alg) ? "RS256" : key.Alg;
        var rsa = new RsaSecurityKey(new RSAParameters { Modulus = Base64UrlEncoder.DecodeBytes(key.N), Exponent = Base64UrlEncoder.DecodeBytes(key.E) });
        return TokenAlgorithms.FamilyOf(algorithm) is KeyFamily.Rsa && rsa.KeySize >= TokenAlgorithms.RsaBits ? new TokenKey(Id(key), algorithm, rsa) : null;
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The key keeps it for as long as it is used.")]
    private static TokenKey? ToElliptic(JsonWebKey key)
    {
        var curve = key.Crv switch
        {
            "P-256" => ECCurve.NamedCurves.nistP256,
            "P-384" => ECCurve.NamedCurves.nistP384,
            "P-521" => ECCurve.NamedCurves.nistP521,
            _ => throw new ArgumentException("There is no algorithm for this curve."),
        };
        var elliptic = ECDsa.Create(new ECParameters
        {
            Curve = curve,
            Q = new ECPoint { X = Base64UrlEncoder.DecodeBytes(key.X), Y = Base64UrlEncoder.DecodeBytes(key.Y) },
        });
        var algorithm = TokenAlgorithms.OfCurve(elliptic.KeySize)!;
        return string.IsNullOrEmpty(key.Alg) || key.Alg == algorithm ? new TokenKey(Id(key), algorithm, new ECDsaSecurityKey(elliptic)) : null;
    }

    private static string? Id(JsonWebKey key) => string.IsNullOrEmpty(key.Kid) ? null : key.Kid;
}
