using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Codecs;

/// <summary>The fields of client frames that are more than one value: positions, tags, starts, payloads, subscriptions.</summary>
internal static class JsonParts
{
    private const int PositionBytes = 40;

    /// <summary><c>data</c> or <c>bytes</c>: exactly one of them.</summary>
    public static Payload Content(ref JsonObjectReader fields)
    {
        var hasData = fields.Has(JsonField.Data);
        if (hasData == fields.Has(JsonField.Bytes))
        {
            fields.Fail(JsonField.Data, hasData ? "and bytes exclude each other" : "is missing, and so is bytes");
            return default;
        }

        if (hasData)
        {
            return fields.Json(JsonField.Data) ?? default;
        }

        if (fields.KindOf(JsonField.Bytes) == JsonTokenType.String && !JsonText.HasLoneSurrogate(fields.RawOf(JsonField.Bytes)))
        {
            var reader = new Utf8JsonReader(fields.RawOf(JsonField.Bytes));
            if (reader.Read() && reader.TryGetBytesFromBase64(out var bytes))
            {
                return new Payload(bytes, IsBinary: true);
            }
        }

        fields.Fail(JsonField.Bytes, "must be a base64 string");
        return default;
    }

    /// <returns>Null when <c>from</c> is absent or wrong.</returns>
    public static StartFrom? Start(ref JsonObjectReader fields)
    {
        const string Forms = "must be \"live\", \"start\", a position, {\"last\": count} or {\"ago\": seconds}";
        switch (fields.KindOf(JsonField.From))
        {
            case JsonTokenType.None:
                return null;
            case JsonTokenType.StartObject:
                if (Reach(fields.RawOf(JsonField.From)) is { } reach)
                {
                    return reach;
                }

                break;
            case JsonTokenType.String:
                var text = fields.RawOf(JsonField.From).Length <= PositionBytes ? JsonText.Decode(fields.RawOf(JsonField.From)) : null;
                switch (text)
                {
                    case "live":
                        return StartFrom.Live;
                    case "start":
                        return StartFrom.Start;
                    case not null when StreamPosition.TryParse(text, out var position):
                        return new StartFrom.At(position);
                }

                break;
        }

        fields.Fail(JsonField.From, Forms);
        return null;
    }

    /// <summary>An object of channel → position; empty when absent. As many as fit into the message, whose size is bounded.</summary>
    public static IReadOnlyList<ChannelPosition> Positions(ref JsonObjectReader fields, JsonField field)
    {
        if (!fields.Has(field) || !IsObject(ref fields, field))
        {
            return [];
        }

        var found = new List<ChannelPosition>();
        var seen = new HashSet<ChannelName>();
        var reader = new Utf8JsonReader(fields.RawOf(field));
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryString(ref reader, ChannelName.MaxBytes, out var name) || !ChannelName.TryParse(name, out var channel, out _))
            {
                fields.Fail(field, "has a key that is not a channel name");
                return [];
            }

            if (!seen.Add(channel))
            {
                fields.Fail(field, "names a channel twice");
                return [];
            }

            reader.Read();
            if (reader.TokenType != JsonTokenType.String
                || !TryString(ref reader, PositionBytes, out var text)
                || !StreamPosition.TryParse(text, out var position))
            {
                fields.Fail(field, "has a value that is not a position");
                return [];
            }

            found.Add(new ChannelPosition(channel, position));
        }

        return found;
    }

    public static IReadOnlyList<KeyValuePair<string, string>> Tags(ref JsonObjectReader fields)
    {
        if (!fields.Has(JsonField.Tags) || !IsObject(ref fields, JsonField.Tags))
        {
            return [];
        }

        var tags = new List<KeyValuePair<string, string>>();
        var reader = new Utf8JsonReader(fields.RawOf(JsonField.Tags));
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (tags.Count == FrameBounds.Tags)
            {
                fields.Fail(JsonField.Tags, $"has more than {FrameBounds.Tags} entries");
                return [];
            }

            if (!TryString(ref reader, FrameBounds.TagKeyBytes, out var key) || key.Length == 0)
            {
                fields.Fail(JsonField.Tags, $"has a key that is not 1 to {FrameBounds.TagKeyBytes} bytes of text");
                return [];
            }

            if (tags.Exists(tag => tag.Key == key))
            {
                fields.Fail(JsonField.Tags, "has a key twice");
                return [];
            }

            reader.Read();
            if (reader.TokenType != JsonTokenType.String || !TryString(ref reader, FrameBounds.TagValueBytes, out var value))
            {
                fields.Fail(JsonField.Tags, $"has a value that is not a string of at most {FrameBounds.TagValueBytes} bytes");
                return [];
            }

            tags.Add(new(key, value));
        }

        return tags;
    }

    /// <summary>What <c>subscribe</c> and each entry of <c>hello.subscriptions</c> say.</summary>
    public static SubscriptionRequest Subscription(ref JsonObjectReader fields) => new(fields.Channel())
    {
        From = Start(ref fields),
        Token = fields.Text(JsonField.Token, 1, FrameBounds.TokenBytes),
        Presence = fields.Json(JsonField.Presence),
    };

    public static IReadOnlyList<SubscriptionRequest> Subscriptions(ref JsonObjectReader fields)
    {
        if (!fields.Has(JsonField.Subscriptions))
        {
            return [];
        }

        if (fields.KindOf(JsonField.Subscriptions) != JsonTokenType.StartArray)
        {
            fields.Fail(JsonField.Subscriptions, "must be an array");
            return [];
        }

        var requests = new List<SubscriptionRequest>();
        var input = fields.RawOf(JsonField.Subscriptions);
        var reader = new Utf8JsonReader(input);
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                fields.Fail(JsonField.Subscriptions, "must hold objects");
                return [];
            }

            var entry = new JsonObjectReader(ref reader, input, "hello.subscriptions", requests.Count);
            entry.RefuseDuplicates();
            requests.Add(Subscription(ref entry));
            if (entry.Fault is not null)
            {
                fields.Adopt(entry.Fault);
                return [];
            }
        }

        return requests;
    }

    private static StartFrom? Reach(ReadOnlySpan<byte> input)
    {
        var reader = new Utf8JsonReader(input);
        reader.Read();
        var fields = new JsonObjectReader(ref reader, input, "from");
        fields.RefuseDuplicates();
        if (fields.Fault is not null || fields.Has(JsonField.Last) == fields.Has(JsonField.Ago))
        {
            return null;
        }

        if (fields.TryInteger(JsonField.Last, 0, FrameBounds.Count, out var count))
        {
            return new StartFrom.Last((int)count);
        }

        return fields.KindOf(JsonField.Ago) == JsonTokenType.Number
            && Utf8Parser.TryParse(fields.RawOf(JsonField.Ago), out double seconds, out _)
            && seconds is >= 0 and <= FrameBounds.Ago
                ? new StartFrom.Ago(seconds)
                : null;
    }

    public static bool IsObject(ref JsonObjectReader fields, JsonField field)
    {
        if (fields.KindOf(field) == JsonTokenType.StartObject)
        {
            return true;
        }

        fields.Fail(field, "must be an object");
        return false;
    }

    /// <summary>The string or name the reader stands on, when it is valid and not longer than that.</summary>
    private static bool TryString(ref Utf8JsonReader reader, int most, out string text)
    {
        text = "";
        if (reader.ValueSpan.Length > most * 6 || JsonText.HasLoneSurrogate(reader.ValueSpan))
        {
            return false;
        }

        text = reader.GetString()!;
        return Encoding.UTF8.GetByteCount(text) <= most;
    }
}
