using System.Globalization;
using Realtime.Messages.Errors;
using Realtime.Messages.Positions;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Application.Calls;

/// <summary>What the log of a producer's calls holds: that a call has begun, and what it was answered. A verdict ↔ a message with tags.</summary>
internal static class CallRecord
{
    private const string Begun = "begun";
    private const string By = "by";
    private const string Answers = "answers";
    private const string Code = "code";
    private const string Unknown = "unknown";
    private const string Nothing = "nothing";

    /// <param name="attempt">Tells who began it.</param>
    public static (Payload Payload, IReadOnlyList<KeyValuePair<string, string>> Tags) Beginning(CallKey key, string attempt) =>
        (new Payload("null"u8.ToArray()), [new(Begun, Text(key.Sequence)), new(By, attempt)]);

    public static bool IsBeginning(LogMessage message, string attempt) => TagOf(message, By) == attempt;

    public static (Payload Payload, IReadOnlyList<KeyValuePair<string, string>> Tags) Reply(CallKey key, Verdict verdict) => verdict switch
    {
        Verdict.Answered { Data: { } data } => (data, [new(Answers, Text(key.Sequence))]),
        Verdict.Answered => (new Payload("null"u8.ToArray()), [new(Answers, Text(key.Sequence)), new(Nothing, "1")]),
        _ => Refusal(key, Verdict.NoOf(verdict)),
    };

    /// <returns>Null: the message is not the reply to this call.</returns>
    public static Verdict? ReplyOf(LogMessage message, CallKey key)
    {
        if (TagOf(message, Answers) != Text(key.Sequence))
        {
            return null;
        }

        if (TagOf(message, Code) is not { } code)
        {
            return new Verdict.Answered(TagOf(message, Nothing) is null ? message.Payload : null);
        }

        return new Verdict.Refused(
            (ErrorCode)int.Parse(code, CultureInfo.InvariantCulture),
            System.Text.Encoding.UTF8.GetString(message.Payload.Bytes.Span),
            null,
            TagOf(message, Unknown) is null ? Outcome.None : Outcome.Unknown);
    }

    private static (Payload Payload, IReadOnlyList<KeyValuePair<string, string>> Tags) Refusal(CallKey key, Verdict.Refused no)
    {
        List<KeyValuePair<string, string>> tags = [new(Answers, Text(key.Sequence)), new(Code, ((int)no.Code).ToString(CultureInfo.InvariantCulture))];
        if (no.Outcome is Outcome.Unknown)
        {
            tags.Add(new(Unknown, "1"));
        }

        return (new Payload(System.Text.Encoding.UTF8.GetBytes(no.Text), IsBinary: true), tags);
    }

    private static string? TagOf(LogMessage message, string key)
    {
        foreach (var (name, value) in message.Tags)
        {
            if (name == key)
            {
                return value;
            }
        }

        return null;
    }

    private static string Text(long sequence) => sequence.ToString(CultureInfo.InvariantCulture);
}
