using System.Text.Json;
using Realtime.Node.Operations.Listener;

namespace Realtime.Node.Operations.Questions;

/// <summary>What to say of a body that cannot be read. .NET's own messages name types of this program, and members only in words.</summary>
internal static class BodyFault
{
    private const string Unknown = "could not be mapped";
    private const string Missing = "missing required properties";
    private const string Twice = "Duplicate property";

    public static OperatorReply Of(JsonException fault)
    {
        var message = fault.Message;
        var named = Between(message, '\'');
        if (message.Contains(Unknown, StringComparison.Ordinal) && named is not null)
        {
            return OperatorReply.BadRequest($"The body has a member '{named}' that nobody knows here.", named);
        }

        if (message.Contains(Missing, StringComparison.Ordinal) && message.Split('\'') is { Length: > 2 } parts)
        {
            // The type's name comes first, in quotes of its own.
            return OperatorReply.BadRequest($"The body has no member '{parts[^2]}', and it is needed.", parts[^2]);
        }

        if (message.Contains(Twice, StringComparison.Ordinal))
        {
            return OperatorReply.BadRequest("The body has a member twice.", named);
        }

        var field = fault.Path?.TrimStart('$').TrimStart('.') is { Length: > 0 } path ? path : null;
        return field is null
            ? OperatorReply.BadRequest("The body is not the JSON object that is needed here.")
            : OperatorReply.BadRequest($"The body's member '{field}' is not of the type that is needed.", field);
    }

    private static string? Between(string text, char quote) =>
        text.IndexOf(quote, StringComparison.Ordinal) is >= 0 and var begin && text.IndexOf(quote, begin + 1) is > 0 and var end ? text[(begin + 1)..end] : null;
}
