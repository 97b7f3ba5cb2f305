using System.Buffers.Binary;

namespace Realtime.Bench.Wire;

/// <summary>
/// One frame from a server, RFC 6455 §5.2 (never masked):
/// <code>
///  byte 0          byte 1          then
/// +-+-----+-------+-+-------------+----------------------------------+---------+
/// |F| rsv |opcode |0| length      | 2 bytes if 126, 8 bytes if 127   | payload |
/// +-+-----+-------+-+-------------+----------------------------------+---------+
/// </code>
/// </summary>
internal readonly ref struct WebSocketFrame
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    /// <summary>Far beyond what a node may coalesce; a longer announcement is garbage and must not be waited for.</summary>
    private const ulong LargestPayload = 16 * 1024 * 1024;

    private WebSocketFrame(int opcode, bool final, ReadOnlySpan<byte> payload, int size)
    {
        Opcode = opcode;
        Final = final;
        Payload = payload;
        Size = size;
    }

    public int Opcode { get; }

    public bool Final { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Header and payload: what the reader moves on by.</summary>
    public int Size { get; }

    /// <summary>False while the frame is not all there yet: the caller keeps the bytes and asks again with more.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out WebSocketFrame frame)
    {
        frame = default;
        if (bytes.Length < 2)
            return false;
        if ((bytes[0] & 0x70) != 0 || (bytes[1] & 0x80) != 0)
            throw new ProtocolFaultException("the server sent a frame with reserved bits or a mask");

        ulong length = bytes[1];
        var header = 2;
        if (length == 126)
        {
            header = 4;
            if (bytes.Length < header)
                return false;
            length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        }
        else if (length == 127)
        {
            header = 10;
            if (bytes.Length < header)
                return false;
            length = BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]);
        }

        if (length > LargestPayload)
            throw new ProtocolFaultException($"the server announced a frame of {length} bytes");
        if ((ulong)(bytes.Length - header) < length)
            return false;
        frame = new WebSocketFrame(bytes[0] & 0x0F, (bytes[0] & 0x80) != 0, bytes.Slice(header, (int)length), header + (int)length);
        return true;
    }
}
