using System.Buffers;

namespace Realtime.Cluster.Links;

/// <summary>Frames ↔ protobuf, without the length in front.</summary>
public interface ILinkCodec
{
    void Write(LinkFrame frame, IBufferWriter<byte> output);

    /// <exception cref="InvalidDataException">Not a frame of this protocol; the message says what is wrong, without content.</exception>
    LinkFrame Read(ReadOnlySequence<byte> bytes);
}
