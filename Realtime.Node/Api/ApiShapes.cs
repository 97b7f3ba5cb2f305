using System.ComponentModel;
using System.Text.Json.Nodes;

namespace Realtime.Node.Api;

/// <summary>What bodies and answers look like, for the description alone: they are read and written by hand.</summary>
internal static class ApiShapes
{
    internal sealed record Message
    {
        [Description("Where to. A message has one of channel, channels, user and session.")]
        public string? Channel { get; init; }

        [Description("Up to 100 channels, each with a result of its own. Not in a batch or a line.")]
        public IReadOnlyList<string>? Channels { get; init; }

        [Description("To the personal channel of this user.")]
        public string? User { get; init; }

        [Description("To this session alone, also when its client is away.")]
        public string? Session { get; init; }

        [Description("Any JSON value. A message has one of data and bytes.")]
        public JsonNode? Data { get; init; }

        [Description("Base64.")]
        public string? Bytes { get; init; }

        [Description("At most 16 short labels.")]
        public IReadOnlyDictionary<string, string>? Tags { get; init; }

        [Description("1 to 128 characters: a repeat with the same key is answered as the first one was, and not published again.")]
        public string? IdempotencyKey { get; init; }

        [Description("EPOCH:OFFSET, where the channel must end; else it is refused as conflict.")]
        public string? Expected { get; init; }

        [Description("Seconds after which nobody gets it any more.")]
        public double? Ttl { get; init; }

        [Description("A session that does not get it.")]
        public string? ExceptSession { get; init; }

        [Description("When it is to be published: milliseconds since 1970, or a time of ISO 8601 with its zone. The answer is an id in schedule instead of a position.")]
        public JsonNode? At { get; init; }
    }

    internal sealed record Batch(IReadOnlyList<Message> Messages);

    internal sealed record Published(
        [property: Description("EPOCH:OFFSET; null where the channel keeps no log.")] string? Position,
        [property: Description("Of a message with at, instead of a position: what it can be cancelled by.")] string? Schedule,
        [property: Description("Of a message with at: when it is due, milliseconds since 1970.")] long? At);

    internal sealed record Result(string? Channel, string? Position, string? Schedule, long? At, string? Code, string? Detail, string? Field, int? RetryAfter, string? Outcome);

    internal sealed record ManyPublished([property: Description("In the order of the messages: a position, or a code and why not.")] IReadOnlyList<Result> Results);

    internal sealed record FailedLine(int Line, string? Position, string? Code, string? Detail, string? Field);

    internal sealed record Ingested(int Lines, int Published, int Failed, IReadOnlyList<FailedLine> Errors);

    internal sealed record HistoryMessage(string Position, long At, Sender? From, JsonNode? Data, string? Bytes, IReadOnlyDictionary<string, string>? Tags);

    internal sealed record Sender(string Session, string? User);

    internal sealed record History(IReadOnlyList<HistoryMessage> Messages, string Position, string Head, bool More);

    internal sealed record Member(string Session, string? User, JsonNode? Data);

    internal sealed record Presence(int Count, IReadOnlyList<Member> Members, string? Next);

    internal sealed record Changed(int Sessions);

    internal sealed record Closed(int Disconnected);

    internal sealed record Revoked([property: Description("Tokens issued before this do not count, milliseconds since 1970.")] long At);

    [Description("RFC 9457, with the code of the registry.")]
    internal sealed record Problem(string Type, string Title, int Status, string Code, string Detail, string? Field, int? RetryAfter, string? Outcome);
}
