using System.Buffers.Binary;
using System.Text;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Links;

/// <summary>
/// The first words on a stream, from the side that dialled. Written by hand and frozen: it must be understood by every version, since it is
/// what versions are negotiated with.
/// </summary>
/// <param name="Expected">Whom the dialler means to reach.</param>
internal sealed record LinkHello(
    int ProtocolMin, int ProtocolMax, Guid ClusterId, Incarnation From, NodeId Name, Incarnation Expected, ReadOnlyMemory<byte> Nonce)
{
    public const int NonceBytes = 32;
    private const uint Magic = 0x4b4c5452; // "RTLK"
    private const int FixedBytes = 4 + 4 + 4 + 16 + 8 + 8 + NonceBytes;
    private const int LongestName = 255;
    private static readonly UTF8Encoding Text = new(false, throwOnInvalidBytes: true);

    public byte[] ToBytes()
    {
        var name = Text.GetBytes(Name.Name);
        var bytes = new byte[FixedBytes + name.Length];
        var rest = bytes.AsSpan();
        BinaryPrimitives.WriteUInt32LittleEndian(rest, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(rest[4..], ProtocolMin);
        BinaryPrimitives.WriteInt32LittleEndian(rest[8..], ProtocolMax);
        ClusterId.TryWriteBytes(rest[12..]);
        BinaryPrimitives.WriteInt64LittleEndian(rest[28..], From.Value);
        BinaryPrimitives.WriteInt64LittleEndian(rest[36..], Expected.Value);
        Nonce.Span.CopyTo(rest[44..]);
        name.CopyTo(rest[FixedBytes..]);
        return bytes;
    }

    /// <exception cref="LinkRefusedException">Not a hello.</exception>
    public static LinkHello Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is <= FixedBytes or > FixedBytes + LongestName || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic)
        {
            throw new LinkRefusedException(LinkRefusal.Malformed);
        }

        return new LinkHello(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
            new Guid(bytes[12..28]),
            new Incarnation(BinaryPrimitives.ReadInt64LittleEndian(bytes[28..])),
            NameOf(bytes[FixedBytes..]),
            new Incarnation(BinaryPrimitives.ReadInt64LittleEndian(bytes[36..])),
            bytes.Slice(44, NonceBytes).ToArray());
    }

    /// <summary>A name reaches the log before anybody has proved anything: line ends and the like would let a stranger write lines of his own.</summary>
    private static NodeId NameOf(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var name = Text.GetString(bytes);
            return name.Any(char.IsControl) ? throw new LinkRefusedException(LinkRefusal.Malformed) : new NodeId(name);
        }
        catch (DecoderFallbackException)
        {
            throw new LinkRefusedException(LinkRefusal.Malformed);
        }
    }
}
