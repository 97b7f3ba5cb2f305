using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Auth;

/// <summary>What a token says.</summary>
internal sealed class TokenClaims
{
    private const int MaximumUserLength = 128;

    /// <summary>Of <c>info</c>, which is kept with the session and sent with it between nodes.</summary>
    private const int MaximumInfoBytes = 4 * 1024;

    /// <summary>How far the issuer's clock may be ahead: a token that is used at once must not be one of the future. Milliseconds.</summary>
    private const long Early = 60_000;

    private readonly SessionIdentity _identity;
    private readonly long? _notBefore;

    private TokenClaims(SessionIdentity identity, long? notBefore)
    {
        _identity = identity;
        _notBefore = notBefore;
    }

    public static bool TryRead(JsonElement payload, [NotNullWhen(true)] out TokenClaims? claims, [NotNullWhen(false)] out string? fault)
    {
        try
        {
            fault = Read(payload, out claims);
        }
        catch (InvalidOperationException)
        {
            // A string that is not valid Unicode (half a surrogate pair).
            (claims, fault) = (null, "The token is malformed.");
        }

        return fault is null && claims is not null;
    }

    /// <summary>Whether it counts at this moment. With its leeway: everything else that asks for the token's end goes by the same one.</summary>
    public TokenVerdict Judge(DateTimeOffset now, TimeSpan leeway)
    {
        var moment = now.ToUnixTimeMilliseconds();
        var end = _identity.Expires + (long)leeway.TotalMilliseconds;
        return _notBefore > moment + Early ? Refused("The token is not valid yet (nbf).")
            : _identity.Issued > moment + Early ? Refused("The token was issued in the future (iat).")
            : end <= moment ? TokenVerdict.Refused(ErrorCode.TokenExpired, "The token has expired.")
            : TokenVerdict.Accepted(_identity with { Expires = end });
    }

    private static TokenVerdict Refused(string reason) => TokenVerdict.Refused(ErrorCode.Unauthorized, reason);

    private static string? Read(JsonElement payload, out TokenClaims? claims)
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

        if (!TryTime(payload, "exp", out var expires) || !TryTime(payload, "nbf", out var notBefore) || !TryTime(payload, "iat", out var issued))
        {
            return "The token's times (exp, nbf, iat) must be seconds since 1970.";
        }

        var info = Info(payload);
        if (info is { Length: > MaximumInfoBytes })
        {
            return $"The token's info must be at most {MaximumInfoBytes} bytes.";
        }

        if (GrantsClaim.Read(payload, out var grants) is { } fault)
        {
            return fault;
        }

        claims = new TokenClaims(new SessionIdentity(new UserId(user), expires) { Issued = issued, Info = info, Grants = grants }, notBefore);
        return null;
    }

    private static Payload? Info(JsonElement payload) => payload.TryGetProperty("info", out var info) && info.ValueKind != JsonValueKind.Null
        ? new Payload(Encoding.UTF8.GetBytes(info.GetRawText()))
        : null;

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
