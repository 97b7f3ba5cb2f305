using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;

namespace Realtime.Node.Auth;

/// <summary>
/// What a token says, read strictly: two parsers that take different ones of two equal names are how forged tokens pass, so a token
/// with a name twice is no token.
/// </summary>
internal sealed class TokenClaims
{
    private const int MaximumUserLength = 128;

    /// <summary>How far the issuer's clock may be ahead: a token that is used at once must not be one of the future. Milliseconds.</summary>
    private const long Early = 60_000;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly string _user;
    private readonly long? _expires;
    private readonly long? _notBefore;

    private TokenClaims(string user, long? expires, long? notBefore)
    {
        _user = user;
        _expires = expires;
        _notBefore = notBefore;
    }

    public static bool TryRead(string token, [NotNullWhen(true)] out TokenClaims? claims, [NotNullWhen(false)] out string? fault)
    {
        claims = null;
        var parts = token.Split('.');
        if (parts.Length != 3)
        {
            fault = "The token is not a signed JSON Web Token (three parts).";
            return false;
        }

        try
        {
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]), Strict);
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]), Strict);
            fault = HeaderFault(header.RootElement) ?? ReadPayload(payload.RootElement, out claims);
        }
        // InvalidOperationException: a string that is not valid Unicode (half a surrogate pair).
        catch (Exception malformed) when (malformed is FormatException or JsonException or InvalidOperationException)
        {
            fault = "The token is malformed.";
        }

        return fault is null && claims is not null;
    }

    /// <summary>Whether it counts at this moment.</summary>
    /// <param name="leeway">How long it counts after its own end. What is answered includes it, so that everything else that asks for the end goes by the same one.</param>
    public TokenVerdict Judge(DateTimeOffset now, TimeSpan leeway)
    {
        var moment = now.ToUnixTimeMilliseconds();
        if (_notBefore > moment + Early)
        {
            return TokenVerdict.Refused(ErrorCode.Unauthorized, "The token is not valid yet (nbf).");
        }

        var end = _expires + (long)leeway.TotalMilliseconds;
        if (end <= moment)
        {
            return TokenVerdict.Refused(ErrorCode.TokenExpired, "The token has expired.");
        }

        return TokenVerdict.Accepted(new SessionIdentity(new UserId(_user), end));
    }

    /// <summary>What is wrong with the token's header; null: nothing.</summary>
    internal static string? HeaderFault(string token)
    {
        try
        {
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(token.AsSpan(0, Math.Max(0, token.IndexOf('.')))), Strict);
            return HeaderFault(header.RootElement);
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException or InvalidOperationException)
        {
            return "The token is malformed.";
        }
    }

    private static string? HeaderFault(JsonElement header)
    {
        if (header.ValueKind != JsonValueKind.Object)
        {
            return "The token is malformed.";
        }

        // RFC 7515, 4.1.11: an extension that must be understood and is not makes the token invalid.
        if (header.TryGetProperty("crit", out _))
        {
            return "The token needs an extension this server does not know (crit).";
        }

        if (header.TryGetProperty("typ", out var type) &&
            !(type.ValueKind == JsonValueKind.String && string.Equals(type.GetString(), "JWT", StringComparison.OrdinalIgnoreCase)))
        {
            return "The token is of another type (typ must be JWT).";
        }

        return null;
    }

    private static string? ReadPayload(JsonElement payload, out TokenClaims? claims)
    {
        claims = null;
        if (payload.ValueKind != JsonValueKind.Object)
        {
            return "The token is malformed.";
        }

        // It was made for one channel, perhaps to be shown to others there, and not to be somebody.
        if (payload.TryGetProperty(SubscriptionClaims.Channel, out _))
        {
            return "The token is one for a channel (channel), not for a session.";
        }

        if (!payload.TryGetProperty("sub", out var sub) || sub.ValueKind != JsonValueKind.String || sub.GetString() is not { Length: > 0 } user)
        {
            return "The token names no user (sub).";
        }

        // The user's personal channel is named after them, so what cannot be in a channel name cannot be in a user's.
        if (user.Length > MaximumUserLength || !ChannelName.TryParse("@" + user, out _, out _))
        {
            return $"The token's user (sub) must be 1 to {MaximumUserLength} characters that a channel name may have, at most {ChannelName.MaxBytes - 1} bytes.";
        }

        if (!TryTime(payload, "exp", out var expires) || !TryTime(payload, "nbf", out var notBefore))
        {
            return "The token's times (exp, nbf) must be seconds since 1970.";
        }

        claims = new TokenClaims(user, expires, notBefore);
        return null;
    }

    /// <summary>Seconds, of which RFC 7519 allows fractions; milliseconds from here on.</summary>
    internal static bool TryTime(JsonElement payload, string name, out long? time)
    {
        const double LatestYear = 253_402_300_799;
        time = null;
        if (!payload.TryGetProperty(name, out var value))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || number is not (>= 0 and <= LatestYear))
        {
            return false;
        }

        time = (long)(number * 1000);
        return true;
    }
}
