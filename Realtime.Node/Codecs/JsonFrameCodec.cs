using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Codecs;

/// <summary>The JSON form of the native protocol (protocol.md §3 and §4).</summary>
public sealed class JsonFrameCodec : IFrameCodec
{
    private static readonly CodecFault NotUtf8 = new(CloseCode.InvalidText, "not valid UTF-8");
    private static readonly CodecFault NotJson = new(CloseCode.ProtocolError, $"not JSON, or nested deeper than {FrameBounds.Depth} levels");
    private static readonly CodecFault NotAFrame = new(CloseCode.ProtocolError, "neither an object nor an array of objects");
    private static readonly CodecFault TooManyFrames = new(CloseCode.ProtocolError, $"more than {FrameBounds.Frames} frames in one message");

    public string Subprotocol => "realtime.v1.json";

    public bool IsText => true;

    public CodecFault? Read(ReadOnlyMemory<byte> message, List<ClientFrame> into)
    {
        var before = into.Count;
        var fault = ReadAll(message.Span, into);
        if (fault is not null)
        {
            into.RemoveRange(before, into.Count - before);
        }

        return fault;
    }

    public void Write(ServerFrame frame, IBufferWriter<byte> output)
    {
        var json = new JsonOutput(output);
        JsonServerFrames.Write(frame, ref json);
        json.Finish();
    }

    public void WriteMessages(ChannelName channel, IReadOnlyList<LogMessage> messages, IBufferWriter<byte> output, long? previous = null)
    {
        var json = new JsonOutput(output);
        for (var i = 0; i < messages.Count; i++)
        {
            if (i > 0)
            {
                json.Raw(","u8);
            }

            JsonServerFrames.Message(channel, messages[i], previous, ref json);
            previous = messages[i].Offset;
        }

        json.Finish();
    }

    private static CodecFault? ReadAll(ReadOnlySpan<byte> input, List<ClientFrame> into)
    {
        // Once for the whole message: the JSON reader looks at the encoding only of what it decodes, and payloads are passed on unread.
        if (!Utf8.IsValid(input))
        {
            return NotUtf8;
        }

        try
        {
            // An array of frames is a level of its own: a frame must not be refused because it travels together with others.
            var isArray = input.TrimStart(" \t\r\n"u8).StartsWith("["u8);
            var options = new JsonReaderOptions { MaxDepth = isArray ? FrameBounds.Depth + 1 : FrameBounds.Depth };
            var reader = new Utf8JsonReader(input, options);
            reader.Read();
            return isArray ? ReadArray(ref reader, input, into) : ReadOne(ref reader, input, into);
        }
        catch (JsonException)
        {
            return NotJson;
        }
    }

    private static CodecFault? ReadOne(ref Utf8JsonReader reader, ReadOnlySpan<byte> input, List<ClientFrame> into)
    {
        var fault = NotAFrame;
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            into.Add(JsonClientFrames.Read(ref reader, input));
            fault = null;
        }

        // Throws when something comes after the value.
        reader.Read();
        return fault;
    }

    private static CodecFault? ReadArray(ref Utf8JsonReader reader, ReadOnlySpan<byte> input, List<ClientFrame> into)
    {
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (++count > FrameBounds.Frames)
            {
                return TooManyFrames;
            }

            if (reader.TokenType == JsonTokenType.StartObject)
            {
                into.Add(JsonClientFrames.Read(ref reader, input));
            }
            else
            {
                reader.Skip();
                into.Add(new ClientFrame.Malformed(0, ErrorCode.BadRequest, "frame must be an object"));
            }
        }

        reader.Read();
        return null;
    }
}
