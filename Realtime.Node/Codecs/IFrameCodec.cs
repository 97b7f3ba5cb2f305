using System.Buffers;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Codecs;

/// <summary>
/// Bytes ↔ frames of one subprotocol. A codec only parses and writes: it never does I/O, keeps no state between calls, and may be
/// used from any number of threads at once.
/// </summary>
public interface IFrameCodec
{
    /// <summary>What a client asks for in <c>Sec-WebSocket-Protocol</c>, and gets back exactly.</summary>
    string Subprotocol { get; }

    /// <summary>Frames travel in text messages.</summary>
    bool IsText { get; }

    /// <summary>
    /// Reads one transport message: one frame or an array of frames. Appends them to <paramref name="into"/> in the order they were sent.
    /// A frame that can be read but is not a valid frame becomes <see cref="ClientFrame.Malformed"/>, with its id if it has a usable one.
    /// Nothing that is appended refers to <paramref name="message"/>, which the caller may overwrite afterwards.
    /// </summary>
    /// <returns>
    /// Null when the whole could be read; otherwise why the connection has to be closed, and then nothing was appended: of a message
    /// that is broken at its end, the beginning must not take effect.
    /// </returns>
    CodecFault? Read(ReadOnlyMemory<byte> message, List<ClientFrame> into);

    /// <summary>Writes one frame, without the brackets of an array.</summary>
    void Write(ServerFrame frame, IBufferWriter<byte> output);

    /// <summary>
    /// Writes messages of one channel as frames that can stand in one array: joined, without its brackets. Where the offsets of two
    /// neighbours do not follow each other, the second says so with <c>prev</c>: a hole that is a gap belongs between two runs.
    /// </summary>
    /// <param name="previous">As in <see cref="ServerFrame.Message"/>, for the first one.</param>
    void WriteMessages(ChannelName channel, IReadOnlyList<LogMessage> messages, IBufferWriter<byte> output, long? previous = null);
}
