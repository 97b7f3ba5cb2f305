using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;

namespace Realtime.Node.Auth;

/// <summary>What a subscription token says, once its signature is good: the channel, the user or none, and its times.</summary>
internal sealed class SubscriptionClaims
{
    /// <summary>The claim that makes a token one for a channel.</summary>
    public const string Channel = "channel";

    /// <summary>How far the issuer's clock may be ahead, milliseconds.</summary>
    private const long Early = 60_000;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly string _channel;
    private readonly string? _user;
    private readonly long? _expires;
    private readonly long? _notBefore;

    private SubscriptionClaims(string channel, string? user, long? expires, long? notBefore)
    {
        _channel = channel;
        _user = user;
        _expires = expires;
        _notBefore = notBefore;
    }

    public static bool TryRead(string token, [NotNullWhen(true)] out SubscriptionClaims? claims)
    {
        claims = null;
        var parts = token.Split('.');
        if (parts.Length != 3)
        {
            return false;
        }

        try
        {
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]), Strict);
            return TryRead(payload.RootElement, out claims);
        }
        // InvalidOperationException: a string that is not valid Unicode (half a surrogate pair).
        catch (Exception malformed) when (malformed is FormatException or JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <param name="leeway">How long it counts after its own end.</param>
    public SubscriptionVerdict Judge(ChannelName channel, UserId? user, DateTimeOffset now, TimeSpan leeway)
    {
        var moment = now.ToUnixTimeMilliseconds();
        var end = _expires + (long)leeway.TotalMilliseconds;
        return _channel != channel.Value ? SubscriptionVerdict.Refused(ErrorCode.Forbidden, "The token is for another channel.")
            : _user != user?.Value ? SubscriptionVerdict.Refused(ErrorCode.Forbidden, "The token is for another user.")
            : _notBefore > moment + Early ? SubscriptionVerdict.Refused(ErrorCode.Unauthorized, "The token is not valid yet (nbf).")
            : end <= moment ? SubscriptionVerdict.Refused(ErrorCode.TokenExpired, "The token has expired.")
            : SubscriptionVerdict.Accepted(end);
    }

    private static bool TryRead(JsonElement payload, out SubscriptionClaims? claims)
    {
        claims = null;
        if (payload.ValueKind != JsonValueKind.Object
            || !TryText(payload, Channel, out var channel) || channel is null
            || !TryText(payload, "sub", out var user)
            || !TokenClaims.TryTime(payload, "exp", out var expires) || !TokenClaims.TryTime(payload, "nbf", out var notBefore))
        {
            return false;
        }

        claims = new SubscriptionClaims(channel, user, expires, notBefore);
        return true;
    }

    private static bool TryText(JsonElement payload, string name, out string? text)
    {
        text = null;
        if (!payload.TryGetProperty(name, out var value))
        {
            return true;
        }

        text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return !string.IsNullOrEmpty(text);
    }
}
