using System.Buffers;
using System.Text.Json;

namespace Realtime.Client.Protocol;

/// <summary>Writes the client's frames as UTF-8 JSON.</summary>
internal static class FrameWriter
{
    /// <summary>The hello, and the frames that bring the positions it has no room for. Each goes as a message of its own.</summary>
    public static IReadOnlyList<byte[]> Hello(Hello hello)
    {
        var pages = PositionPages.Of(hello.Positions);
        var frames = new List<byte[]> { Hello(hello, pages.Count > 0 ? pages[0] : [], pages.Count > 1) };
        for (var i = 1; i < pages.Count; i++)
        {
            frames.Add(MorePositions(pages[i], i + 1 < pages.Count));
        }

        return frames;
    }

    public static byte[] Subscribe(long id, string channel, Position? position, SubscribeOptions options) => Frame("subscribe"u8, id, writer =>
    {
        writer.WriteString("channel"u8, channel);
        if (position is { } known)
        {
            writer.WriteString("from"u8, known.ToString());
        }
        else if ((options.History?.ToFrom() ?? options.From) is { } from)
        {
            writer.WritePropertyName("from"u8);
            from.WriteTo(writer);
        }

        Optional(writer, "token", options.Token);
        Optional(writer, "presence", options.Presence);
    });

    public static byte[] Unsubscribe(long id, string channel) =>
        Frame("unsubscribe"u8, id, writer => writer.WriteString("channel"u8, channel));

    public static byte[] Publish(long id, string channel, JsonElement data, long? seq, PublishOptions options) => Frame("publish"u8, id, writer =>
    {
        PublishHead(writer, channel, seq, options);
        writer.WritePropertyName("data"u8);
        data.WriteTo(writer);
    });

    public static byte[] PublishBytes(long id, string channel, ReadOnlyMemory<byte> bytes, long? seq, PublishOptions options) => Frame("publish"u8, id, writer =>
    {
        PublishHead(writer, channel, seq, options);
        writer.WriteBase64String("bytes"u8, bytes.Span);
    });

    public static byte[] History(long id, string channel, HistoryOptions options) => Frame("history"u8, id, writer =>
    {
        writer.WriteString("channel"u8, channel);
        if (options.From is { } from)
        {
            writer.WritePropertyName("from"u8);
            from.WriteTo(writer);
        }

        if (options.Limit is { } limit)
        {
            writer.WriteNumber("limit"u8, limit);
        }

        if (options.Reverse)
        {
            writer.WriteBoolean("reverse"u8, true);
        }
    });

    /// <param name="after">The last member of the part before; null: from the first on.</param>
    public static byte[] Presence(long id, string channel, string? after = null) => Frame("presence"u8, id, writer =>
    {
        writer.WriteString("channel"u8, channel);
        if (after is not null)
        {
            writer.WriteString("after"u8, after);
        }
    });

    public static byte[] Update(long id, string channel, JsonElement presence) => Frame("update"u8, id, writer =>
    {
        writer.WriteString("channel"u8, channel);
        Optional(writer, "presence", presence);
    });

    public static byte[] Call(long id, string method, JsonElement data, long seq) => Frame("call"u8, id, writer =>
    {
        writer.WriteString("method"u8, method);
        writer.WriteNumber("seq"u8, seq);
        Optional(writer, "data", data);
    });

    public static byte[] Set(long id, string key, JsonElement value) => Frame("set"u8, id, writer =>
    {
        writer.WriteString("key"u8, key);
        Optional(writer, "value", value);
    });

    public static byte[] Refresh(long id, string token, string? channel) => Frame("refresh"u8, id, writer =>
    {
        writer.WriteString("token"u8, token);
        Optional(writer, "channel", channel);
    });

    public static byte[] Bye(long id) => Frame("bye"u8, id, static _ => { });

    public static IEnumerable<byte[]> Ack(IReadOnlyCollection<KeyValuePair<string, Position>> positions) =>
        PositionPages.Of(positions).Select(page => Frame("ack"u8, null, writer => Positions(writer, "positions", page)));

    /// <summary>The answer to a ping, and acknowledgements that it has no room for.</summary>
    public static IReadOnlyList<byte[]> Pong(IReadOnlyCollection<KeyValuePair<string, Position>> positions)
    {
        var pages = PositionPages.Of(positions);
        return
        [
            Frame("pong"u8, null, writer =>
            {
                if (pages.Count > 0)
                {
                    Positions(writer, "ack", pages[0]);
                }
            }),
            .. pages.Skip(1).Select(page => Frame("ack"u8, null, writer => Positions(writer, "positions", page))),
        ];
    }

    private static byte[] MorePositions(IReadOnlyCollection<KeyValuePair<string, Position>> positions, bool more) => Frame("positions"u8, null, writer =>
    {
        Positions(writer, "positions", positions);
        More(writer, more);
    });

    private static void More(Utf8JsonWriter writer, bool more)
    {
        if (more)
        {
            writer.WriteBoolean("more"u8, true);
        }
    }

    private static byte[] Hello(Hello hello, IReadOnlyCollection<KeyValuePair<string, Position>> positions, bool more) => Frame("hello"u8, hello.Id, writer =>
    {
        Optional(writer, "token", hello.Token);
        Optional(writer, "session", hello.Session);
        if (positions.Count > 0)
        {
            Positions(writer, "positions", positions);
        }

        More(writer, more);
        writer.WriteNumber("attempt"u8, hello.Attempt);
        writer.WriteString("producer"u8, hello.Producer);
        writer.WriteStartObject("client"u8);
        writer.WriteString("name"u8, hello.ClientName);
        writer.WriteString("version"u8, hello.ClientVersion);
        writer.WriteEndObject();
        Optional(writer, "data", hello.Data);
    });

    private static void PublishHead(Utf8JsonWriter writer, string channel, long? seq, PublishOptions options)
    {
        writer.WriteString("channel"u8, channel);
        if (seq is { } number)
        {
            writer.WriteNumber("seq"u8, number);
        }

        if (!options.Echo)
        {
            writer.WriteBoolean("echo"u8, false);
        }

        Optional(writer, "tags", options.Tags);
    }

    private static byte[] Frame(ReadOnlySpan<byte> type, long? id, Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, type);
            if (id is { } number)
            {
                writer.WriteNumber("id"u8, number);
            }

            fields(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Optional(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void Optional(Utf8JsonWriter writer, string name, JsonElement? value)
    {
        if (value is { } element)
        {
            writer.WritePropertyName(name);
            element.WriteTo(writer);
        }
    }

    private static void Positions(Utf8JsonWriter writer, string name, IReadOnlyCollection<KeyValuePair<string, Position>> positions)
    {
        writer.WriteStartObject(name);
        foreach (var (channel, position) in positions)
        {
            writer.WriteString(channel, position.ToString());
        }

        writer.WriteEndObject();
    }
}
