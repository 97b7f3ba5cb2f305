using System.Text.Json;

namespace Realtime.Bench.Wire;

/// <summary>The exact, slow reading of a text message: welcomes, replies, pings, and with <c>--verify</c> every message.</summary>
internal static class ServerFrameReader
{
    public static void Read(ReadOnlySpan<byte> text, List<ServerFrame> frames)
    {
        frames.Clear();
        var reader = new Utf8JsonReader(text);
        try
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                    frames.Add(ReadFrame(ref reader));
                if (reader.TokenType != JsonTokenType.EndArray)
                    throw new ProtocolFaultException("an array of frames holds something else");
            }
            else
            {
                frames.Add(ReadFrame(ref reader));
            }

            if (reader.Read())
                throw new ProtocolFaultException("something follows the frame");
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            throw new ProtocolFaultException("not a frame: " + fault.Message);
        }
    }

    private static ServerFrame ReadFrame(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new ProtocolFaultException("a frame is not an object");

        var frame = new ServerFrame();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
                frame.Type = Text(ref reader);
            else if (reader.ValueTextEquals("id"u8))
                frame.Id = Number(ref reader);
            else if (reader.ValueTextEquals("session"u8))
                frame.Session = Text(ref reader);
            else if (reader.ValueTextEquals("resumed"u8))
                frame.Resumed = Flag(ref reader);
            else if (reader.ValueTextEquals("position"u8))
                frame.Position = TextOrNull(ref reader);
            else if (reader.ValueTextEquals("recovered"u8))
                frame.Recovered = Flag(ref reader);
            else if (reader.ValueTextEquals("subscriptions"u8))
                ReadSubscriptions(ref reader, frame);
            else if (reader.ValueTextEquals("code"u8) || reader.ValueTextEquals("message"u8) || reader.ValueTextEquals("reason"u8))
                frame.Detail += " " + Scalar(ref reader);
            else if (reader.ValueTextEquals("gap"u8))
                frame.HasGap = SkipValue(ref reader);
            else if (reader.ValueTextEquals("url"u8))
                frame.Url = Text(ref reader);
            else if (reader.ValueTextEquals("ticket"u8))
                frame.Ticket = TextOrNull(ref reader);
            else if (reader.ValueTextEquals("after"u8))
                frame.After = Number(ref reader);
            else if (reader.ValueTextEquals("within"u8))
                frame.Within = Number(ref reader);
            else if (reader.ValueTextEquals("reconnect"u8))
                ReadReconnect(ref reader, frame);
            else if (reader.ValueTextEquals("retryAfter"u8))
                frame.RetryAfter = Number(ref reader);
            else if (reader.ValueTextEquals("crashWindow"u8))
                frame.CrashWindow = Number(ref reader);
            else if (reader.ValueTextEquals("others"u8))
                frame.Others = Ports(ref reader);
            else if (reader.ValueTextEquals("offset"u8))
                frame.Offset = Number(ref reader);
            else if (reader.ValueTextEquals("prev"u8))
                frame.Previous = Number(ref reader);
            else if (reader.ValueTextEquals("data"u8))
                ReadData(ref reader, frame);
            else
                SkipValue(ref reader);
        }

        return frame;
    }

    private static void ReadSubscriptions(ref Utf8JsonReader reader, ServerFrame frame)
    {
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            frame.Subscriptions++;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("position"u8))
                    frame.Position = TextOrNull(ref reader);
                else if (reader.ValueTextEquals("recovered"u8))
                    frame.Recovered = Flag(ref reader);
                else if (reader.ValueTextEquals("gap"u8))
                    frame.HasGap |= SkipValue(ref reader);
                else
                    SkipValue(ref reader);
            }
        }
    }

    private static void ReadData(ref Utf8JsonReader reader, ServerFrame frame)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("n"u8))
                frame.Number = Number(ref reader);
            else if (reader.ValueTextEquals("t"u8))
                frame.Stamp = Number(ref reader);
            else
                SkipValue(ref reader);
        }
    }

    /// <summary><c>false</c>, or when to come back.</summary>
    private static void ReadReconnect(ref Utf8JsonReader reader, ServerFrame frame)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("after"u8))
                frame.After = Number(ref reader);
            else if (reader.ValueTextEquals("within"u8))
                frame.Within = Number(ref reader);
            else
                SkipValue(ref reader);
        }
    }

    /// <summary>Nodes of a benchmark differ in nothing else.</summary>
    private static int[] Ports(ref Utf8JsonReader reader)
    {
        var ports = new List<int>();
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
            ports.Add(new Uri(reader.GetString()!).Port);
        return [.. ports];
    }

    private static string Text(ref Utf8JsonReader reader) => TextOrNull(ref reader) ?? "";

    /// <summary>A channel without a log may say that its position is null.</summary>
    private static string? TextOrNull(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString();
    }

    private static string Scalar(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            return reader.GetString() ?? "";
        if (reader.TokenType == JsonTokenType.Number)
            return reader.GetInt64().ToString();
        reader.Skip();
        return "";
    }

    private static long Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetInt64();
    }

    private static bool Flag(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType != JsonTokenType.Null && reader.GetBoolean();
    }

    /// <summary>Whether there was a value other than null.</summary>
    private static bool SkipValue(ref Utf8JsonReader reader)
    {
        reader.Read();
        var there = reader.TokenType is not (JsonTokenType.Null or JsonTokenType.False);
        reader.Skip();
        return there;
    }
}
