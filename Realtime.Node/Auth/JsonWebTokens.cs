using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;

namespace Realtime.Node.Auth;

/// <summary>
/// Opens tokens: three parts, strictly read, signed by a known key with the algorithm of that key. Two parsers that take different ones of two equal names are how
/// forged tokens pass, so a token with a name twice is no token.
/// </summary>
internal sealed class JsonWebTokens(ITokenKeys keys, TokenRules rules)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    public TokenVerdict Verify(string token, DateTimeOffset now)
    {
        if (!TryOpen(token, out var payload, out var refusal))
        {
            return refusal;
        }

        using (payload)
        {
            return TokenClaims.TryRead(payload.RootElement, out var claims, out var fault) ? claims.Judge(now, rules.Leeway) : Refused(fault);
        }
    }

    /// <summary>One for a channel.</summary>
    public SubscriptionVerdict Verify(string token, ChannelName channel, UserId? user, DateTimeOffset now)
    {
        if (!TryOpen(token, out var payload, out var refusal))
        {
            return SubscriptionVerdict.Refused(refusal.Refusal, refusal.Reason!);
        }

        payload.Dispose();
        return SubscriptionClaims.TryRead(token, out var claims)
            ? claims.Judge(channel, user, now, rules.Leeway)
            : SubscriptionVerdict.Refused(ErrorCode.Unauthorized, "The token names no channel (channel), or its claims are malformed.");
    }

    /// <summary>Only what a known key vouches for is read further: nobody learns anything from a token that they made up.</summary>
    private bool TryOpen(string token, [NotNullWhen(true)] out JsonDocument? payload, out TokenVerdict refusal)
    {
        payload = null;
        if (token.Length > TokenKey.MaximumTokenLength)
        {
            refusal = Refused($"The token is longer than {TokenKey.MaximumTokenLength} characters.");
            return false;
        }

        var parts = token.Split('.');
        if (parts.Length != 3)
        {
            refusal = Refused("The token is not a signed JSON Web Token (three parts).");
            return false;
        }

        try
        {
            using var head = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]), Strict);
            if (TokenHeader.Read(head.RootElement, out var header) is { } fault)
            {
                refusal = Refused(fault);
                return false;
            }

            if (keys.Find(header, out refusal) is not { } key)
            {
                return false;
            }

            if (key.Algorithm != header.Algorithm || !key.Signed(token))
            {
                refusal = Refused("The token's signature is not valid.");
                return false;
            }

            var said = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]), Strict);
            if (TokenAddress.Fault(said.RootElement, rules with { Issuer = rules.Issuer ?? keys.Issuer }) is { } wrong)
            {
                said.Dispose();
                refusal = Refused(wrong);
                return false;
            }

            payload = said;
            return true;
        }
        // InvalidOperationException: a string that is not valid Unicode (half a surrogate pair).
        catch (Exception malformed) when (malformed is FormatException or JsonException or InvalidOperationException)
        {
            refusal = Refused("The token is malformed.");
            return false;
        }
    }

    private static TokenVerdict Refused(string reason) => TokenVerdict.Refused(ErrorCode.Unauthorized, reason);
}
