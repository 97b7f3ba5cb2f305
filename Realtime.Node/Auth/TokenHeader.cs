using System.Text.Json;

namespace Realtime.Node.Auth;

/// <summary>What the head of a token says, of which only these two are looked at: the rest (<c>jku</c>, <c>x5u</c>, <c>jwk</c>, …) chooses nothing.</summary>
/// <param name="Algorithm">Chooses no algorithm: a token must name the one of its key, and a token without <c>kid</c> is tried with a key of this kind.</param>
internal readonly record struct TokenHeader(string? Algorithm, string? KeyId)
{
    public static string? Read(JsonElement head, out TokenHeader header)
    {
        header = default;
        if (head.ValueKind != JsonValueKind.Object)
        {
            return "The token is malformed.";
        }

        // RFC 7515, 4.1.11: an extension that must be understood and is not makes the token invalid.
        if (head.TryGetProperty("crit", out _))
        {
            return "The token needs an extension this server does not know (crit).";
        }

        if (head.TryGetProperty("typ", out var type) &&
            !(type.ValueKind == JsonValueKind.String && string.Equals(type.GetString(), "JWT", StringComparison.OrdinalIgnoreCase)))
        {
            return "The token is of another type (typ must be JWT).";
        }

        if (!TryText(head, "alg", out var algorithm) || !TryText(head, "kid", out var id))
        {
            return "The token is malformed.";
        }

        header = new TokenHeader(algorithm, id);
        return null;
    }

    private static bool TryText(JsonElement head, string name, out string? text)
    {
        text = null;
        if (!head.TryGetProperty(name, out var value))
        {
            return true;
        }

        text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return text is not null;
    }
}
