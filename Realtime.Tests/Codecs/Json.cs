using System.Buffers;
using System.Text;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Codecs;

namespace Realtime.Tests.Codecs;

/// <summary>The JSON codec from the point of view of a test: text in, frames out, and back.</summary>
internal static class Json
{
    public static readonly IFrameCodec Codec = new JsonFrameCodec();

    public static List<ClientFrame> ReadAll(string text)
    {
        // The buffer is overwritten after the call, as a rented one is: a frame that still points into it shows here.
        var buffer = Encoding.UTF8.GetBytes(text);
        var frames = new List<ClientFrame>();
        Codec.Read(buffer, frames).ShouldBeNull();
        buffer.AsSpan().Fill((byte)'#');
        return frames;
    }

    public static T Read<T>(string text)
        where T : ClientFrame => ReadAll(text).ShouldHaveSingleItem().ShouldBeOfType<T>();

    public static CodecFault Fault(string text) => Fault(Encoding.UTF8.GetBytes(text));

    public static CodecFault Fault(byte[] message)
    {
        var frames = new List<ClientFrame> { new ClientFrame.Bye(7) };
        var fault = Codec.Read(message, frames).ShouldNotBeNull();
        frames.ShouldBe([new ClientFrame.Bye(7)], "a message that cannot be read leaves nothing behind");
        return fault;
    }

    public static string Written(ServerFrame frame)
    {
        var output = new ArrayBufferWriter<byte>();
        Codec.Write(frame, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>Golden frames are spelled over several lines and written on one.</summary>
    public static string OneLine(string text) => text.ReplaceLineEndings("");

    public static Payload Data(string json) => new(Encoding.UTF8.GetBytes(json));

    public static ChannelName Channel(string name) => ChannelName.Parse(name);

    public static StreamPosition Position(string text)
    {
        StreamPosition.TryParse(text, out var position).ShouldBeTrue(text);
        return position;
    }

    public static ClientFrame.Malformed Refused(string text)
    {
        var frame = Read<ClientFrame.Malformed>(text);
        frame.Code.ShouldBe(ErrorCode.BadRequest);
        return frame;
    }
}
