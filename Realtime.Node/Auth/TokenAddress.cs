using System.Text.Json;

namespace Realtime.Node.Auth;

/// <summary>Who made a token, and for whom: the same for every kind of them.</summary>
internal static class TokenAddress
{
    /// <returns>Null: it is from whom it has to be, and for this server.</returns>
    public static string? Fault(JsonElement payload, TokenRules rules)
    {
        if (payload.ValueKind != JsonValueKind.Object)
        {
            return "The token is malformed.";
        }

        if (rules.Issuer is { } issuer && !(payload.TryGetProperty("iss", out var iss) && IsText(iss, issuer)))
        {
            return "The token's issuer is not the one this server expects.";
        }

        if (rules.Audience is { } audience && !(payload.TryGetProperty("aud", out var aud) && (IsText(aud, audience) || Names(aud, audience))))
        {
            return "The token is not meant for this server (aud).";
        }

        return rules.RequireExpiry && !payload.TryGetProperty("exp", out _) ? "The token has no end (exp)." : null;
    }

    private static bool Names(JsonElement several, string one) => several.ValueKind == JsonValueKind.Array && several.EnumerateArray().Any(item => IsText(item, one));

    private static bool IsText(JsonElement value, string text) => value.ValueKind == JsonValueKind.String && value.GetString() == text;
}
