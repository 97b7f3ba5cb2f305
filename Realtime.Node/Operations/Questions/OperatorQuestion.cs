using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Operations.Listener;

namespace Realtime.Node.Operations.Questions;

/// <summary>
/// A question or an action of an operator. The right to it was checked where it came in.
/// </summary>
/// <param name="Path">Decoded, below <c>/operator/v1</c>.</param>
/// <param name="Body">JSON; empty when there is none.</param>
internal sealed record OperatorQuestion(
    string Method, IReadOnlyList<string> Path, IReadOnlyDictionary<string, string> Query, ReadOnlyMemory<byte> Body, OperatorCaller Caller)
{
    public const int DefaultLimit = 100;
    public const int MostLimit = 1000;

    /// <summary>Values of the route's holes, in their order.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The page's length.</summary>
    public int Limit(int standard = DefaultLimit) => (int)(Number("limit", 1, MostLimit) ?? standard);

    /// <summary>What only members of the cluster ask each other, for the same caller.</summary>
    public OperatorQuestion Inside(string name, params ReadOnlySpan<(string Name, string Value)> query)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (parameter, value) in query)
        {
            parameters.Add(parameter, value);
        }

        return this with { Method = "GET", Path = [OperatorRoutes.Inside, name], Query = parameters, Body = default, Arguments = [] };
    }

    public string? Text(string name) => Query.TryGetValue(name, out var text) && text.Length > 0 ? text : null;

    public long? Number(string name, long least, long most)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Bad($"{name} must be a whole number from {least} to {most}.", name);
    }

    public string? OneOf(string name, params ReadOnlySpan<string> words)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        return words.Contains(text) ? text : throw Bad($"{name} must be one of {string.Join(", ", words!)}.", name);
    }

    public static SessionId Session(string text, string field = "session") =>
        SessionId.TryParse(text, out var id) ? id : throw new QuestionRefusedException(Subjects.NoSession(field));

    public static ChannelName Channel(string text, string field = "channel") =>
        ChannelName.TryParse(text, out var name, out var fault) ? name : throw new QuestionRefusedException(Subjects.NoChannel(text, fault, field));

    public static StreamPosition Position(string text, string field) =>
        StreamPosition.TryParse(text, out var position) ? position : throw Bad($"{field} must be a position, EPOCH:OFFSET.", field);

    /// <summary>The body of an action that has one; <paramref name="absent"/> when it has none and may.</summary>
    public T Read<T>(JsonTypeInfo<T> type, T? absent = null)
        where T : class
    {
        if (Body.IsEmpty)
        {
            return absent ?? throw Bad("A body is needed, in JSON.");
        }

        try
        {
            return JsonSerializer.Deserialize(Body.Span, type) ?? throw Bad("The body must be an object, not null.");
        }
        catch (JsonException fault)
        {
            throw new QuestionRefusedException(BodyFault.Of(fault));
        }
    }

    public static QuestionRefusedException Bad(string message, string? field = null) => new(OperatorReply.BadRequest(message, field));
}
