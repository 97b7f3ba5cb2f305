namespace Realtime.Node.Codecs;

/// <summary>The names of <see cref="JsonField"/> on the wire.</summary>
internal static class JsonFields
{
    /// <summary>One more than the highest number.</summary>
    public const int Count = (int)JsonField.Version + 1;

    public const int LongestName = 13;

    private static readonly string[] Names =
        Array.ConvertAll(Enum.GetValues<JsonField>(), field => field.ToString().ToLowerInvariant());

    public static string NameOf(JsonField field) => Names[(int)field];

    /// <returns><see cref="JsonField.None"/> for a name that is not ours.</returns>
    public static JsonField Find(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 => name.SequenceEqual("id"u8) ? JsonField.Id : JsonField.None,
        3 => name.SequenceEqual("seq"u8) ? JsonField.Seq
            : name.SequenceEqual("ack"u8) ? JsonField.Ack
            : name.SequenceEqual("key"u8) ? JsonField.Key
            : name.SequenceEqual("ago"u8) ? JsonField.Ago
            : JsonField.None,
        4 => name.SequenceEqual("type"u8) ? JsonField.Type
            : name.SequenceEqual("data"u8) ? JsonField.Data
            : name.SequenceEqual("from"u8) ? JsonField.From
            : name.SequenceEqual("echo"u8) ? JsonField.Echo
            : name.SequenceEqual("tags"u8) ? JsonField.Tags
            : name.SequenceEqual("last"u8) ? JsonField.Last
            : name.SequenceEqual("name"u8) ? JsonField.Name
            : name.SequenceEqual("more"u8) ? JsonField.More
            : JsonField.None,
        5 => name.SequenceEqual("token"u8) ? JsonField.Token
            : name.SequenceEqual("bytes"u8) ? JsonField.Bytes
            : name.SequenceEqual("limit"u8) ? JsonField.Limit
            : name.SequenceEqual("after"u8) ? JsonField.After
            : name.SequenceEqual("value"u8) ? JsonField.Value
            : JsonField.None,
        6 => name.SequenceEqual("client"u8) ? JsonField.Client
            : name.SequenceEqual("method"u8) ? JsonField.Method
            : JsonField.None,
        7 => name.SequenceEqual("channel"u8) ? JsonField.Channel
            : name.SequenceEqual("session"u8) ? JsonField.Session
            : name.SequenceEqual("reverse"u8) ? JsonField.Reverse
            : name.SequenceEqual("version"u8) ? JsonField.Version
            : name.SequenceEqual("attempt"u8) ? JsonField.Attempt
            : JsonField.None,
        8 => name.SequenceEqual("presence"u8) ? JsonField.Presence
            : name.SequenceEqual("producer"u8) ? JsonField.Producer
            : JsonField.None,
        9 => name.SequenceEqual("positions"u8) ? JsonField.Positions : JsonField.None,
        13 => name.SequenceEqual("subscriptions"u8) ? JsonField.Subscriptions : JsonField.None,
        _ => JsonField.None,
    };
}
