using System.Buffers;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Codecs;

namespace Realtime.Node.Feeds;

/// <summary>
/// Frames as bytes, shared by everybody they go to; they never change. Kept once with the brackets that make several frames one
/// transport message, so that both forms are slices of the same memory.
/// </summary>
internal sealed class EncodedFrames
{
    private readonly ReadOnlyMemory<byte> _bracketed;

    private EncodedFrames(ReadOnlyMemory<byte> bracketed, int count)
    {
        _bracketed = bracketed;
        Count = count;
    }

    public int Count { get; }

    /// <summary>The frames joined by commas.</summary>
    public ReadOnlyMemory<byte> Joined => _bracketed[1..^1];

    /// <summary>A transport message of its own.</summary>
    public ReadOnlyMemory<byte> Message => Count == 1 ? Joined : _bracketed;

    public int Length => _bracketed.Length - 2;

    public static EncodedFrames Of(IFrameCodec codec, ServerFrame frame)
    {
        var buffer = Open(256);
        codec.Write(frame, buffer);
        return Seal(buffer, 1);
    }

    public static EncodedFrames Of(IFrameCodec codec, ChannelName channel, IReadOnlyList<LogMessage> messages, long? previous = null)
    {
        var estimate = 0;
        for (var i = 0; i < messages.Count; i++)
        {
            estimate += messages[i].Payload.Length + 160;
        }

        var buffer = Open(estimate);
        codec.WriteMessages(channel, messages, buffer, previous);
        return Seal(buffer, messages.Count);
    }

    /// <summary>Several frames that belong together.</summary>
    public static EncodedFrames Of(IFrameCodec codec, IReadOnlyList<ServerFrame> frames)
    {
        var buffer = Open(256 * frames.Count);
        for (var i = 0; i < frames.Count; i++)
        {
            if (i > 0)
            {
                buffer.Write(","u8);
            }

            codec.Write(frames[i], buffer);
        }

        return Seal(buffer, frames.Count);
    }

    private static ArrayBufferWriter<byte> Open(int estimate)
    {
        var buffer = new ArrayBufferWriter<byte>(estimate + 2);
        buffer.Write("["u8);
        return buffer;
    }

    private static EncodedFrames Seal(ArrayBufferWriter<byte> buffer, int count)
    {
        buffer.Write("]"u8);
        return new EncodedFrames(buffer.WrittenMemory, count);
    }
}
