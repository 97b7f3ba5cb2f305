using System.Text.Json;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Auth;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Webhooks.Decisions;

/// <summary>
/// What an endpoint says, as a verdict. Strict: a member that is not known is no answer, because a slip of the pen in <c>allow</c> must not let anybody in.
/// </summary>
internal static class AnswerJson
{
    private const int LongestText = 1024;
    private const int LongestRetryAfter = 24 * 60 * 60 * 1000;
    private const int LongestName = 128;
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <param name="body">Nothing, and an object without members, allow it; a call is answered with nothing.</param>
    /// <param name="fault">What is wrong with it; names members, and none of their values.</param>
    /// <returns>Null: it is no answer to the question.</returns>
    public static Verdict? Read(Question question, ReadOnlyMemory<byte> body, out string? fault)
    {
        fault = null;
        if (body.IsEmpty)
        {
            return question is Question.Call ? new Verdict.Answered(null) : Verdict.Yes;
        }

        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return Of(question, document.RootElement);
        }
        catch (JsonException)
        {
            fault = "its answer is no JSON, or has a member twice";
        }
        catch (FormatException wrong)
        {
            fault = wrong.Message;
        }

        return null;
    }

    private static Verdict Of(Question question, JsonElement answer)
    {
        if (answer.ValueKind is not JsonValueKind.Object)
        {
            throw new FormatException("its answer is no object");
        }

        var may = question switch
        {
            Question.Connect => "user",
            Question.Publish or Question.Call => "data",
            _ => null,
        };
        bool? allow = null;
        foreach (var member in answer.EnumerateObject())
        {
            switch (member.Name)
            {
                case "allow" when question is not Question.Call:
                    allow = member.Value.ValueKind switch
                    {
                        JsonValueKind.True => true,
                        JsonValueKind.False => false,
                        _ => throw new FormatException("allow in its answer is neither true nor false"),
                    };
                    break;
                case "code" or "message" or "retryAfter":
                    break;
                case var name when name == may:
                    break;
                default:
                    throw new FormatException("its answer has a member that is not known there");
            }
        }

        if (answer.TryGetProperty("code", out var code) || allow is false)
        {
            return allow is not true && (may is null || !answer.TryGetProperty(may, out _))
                ? Refusal(code, answer)
                : throw new FormatException("its answer refuses and allows at once");
        }

        return answer.TryGetProperty("message", out _) || answer.TryGetProperty("retryAfter", out _)
            ? throw new FormatException("its answer has message or retryAfter, and does not refuse")
            : Allowed(question, answer);
    }

    private static Verdict Allowed(Question question, JsonElement answer) => question switch
    {
        Question.Connect when answer.TryGetProperty("user", out var user) && user.ValueKind is not JsonValueKind.Null => new Verdict.Allowed { Identity = Identity(user) },
        Question.Publish when answer.TryGetProperty("data", out var data) => new Verdict.Allowed { Payload = Payload(data) },
        Question.Call => new Verdict.Answered(answer.TryGetProperty("data", out var reply) ? Payload(reply) : null),
        _ => Verdict.Yes,
    };

    private static Verdict.Refused Refusal(JsonElement code, JsonElement answer)
    {
        var known = ErrorCode.Forbidden;
        if (code.ValueKind is JsonValueKind.String)
        {
            known = ErrorRegistry.All.FirstOrDefault(entry => code.ValueEquals(entry.Name))?.Code ?? throw new FormatException("code in its answer is not in the registry of errors");
        }
        else if (code.ValueKind is not JsonValueKind.Undefined)
        {
            throw new FormatException("code in its answer is no text");
        }

        var text = Text(answer, "message", LongestText) is { Length: > 0 } said ? said : "the application does not allow it";
        if (!answer.TryGetProperty("retryAfter", out var after))
        {
            return new Verdict.Refused(known, text);
        }

        return after.ValueKind is JsonValueKind.Number && after.TryGetInt32(out var milliseconds) && milliseconds is >= 0 and <= LongestRetryAfter
            ? new Verdict.Refused(known, text, milliseconds)
            : throw new FormatException("retryAfter in its answer is not between 0 and 86400000");
    }

    private static SessionIdentity Identity(JsonElement user)
    {
        if (user.ValueKind is not JsonValueKind.Object || user.EnumerateObject().Any(member => member.Name is not ("name" or "info" or "channels" or "expires")))
        {
            throw new FormatException("user in its answer is no object of name, info, channels and expires");
        }

        if (Text(user, "name", LongestName) is not { Length: > 0 } name || !ChannelName.TryParse("@" + name, out _, out _))
        {
            throw new FormatException($"user.name in its answer must be 1 to {LongestName} characters that a channel's name may have");
        }

        if (GrantsClaim.Read(user, out var grants) is not null)
        {
            throw new FormatException("user.channels in its answer is no object of patterns of channels and rights");
        }

        return new SessionIdentity(new UserId(name), Expires(user))
        {
            Info = user.TryGetProperty("info", out var info) ? Payload(info) : null,
            Grants = grants,
        };
    }

    private static long? Expires(JsonElement user)
    {
        if (!user.TryGetProperty("expires", out var expires) || expires.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        return expires.ValueKind is JsonValueKind.Number && expires.TryGetInt64(out var seconds) && seconds is > 0 and < 253_402_300_800
            ? seconds * 1000
            : throw new FormatException("user.expires in its answer is not seconds since 1970");
    }

    private static string? Text(JsonElement owner, string name, int longest)
    {
        if (!owner.TryGetProperty(name, out var value))
        {
            return null;
        }

        return value.ValueKind is JsonValueKind.String && value.GetString() is { } text && text.Length <= longest
            ? text
            : throw new FormatException($"{name} in its answer is no text of at most {longest} characters");
    }

    private static Payload Payload(JsonElement value) => new(JsonSerializer.SerializeToUtf8Bytes(value));
}
