using System.Buffers;
using System.Buffers.Binary;

namespace Realtime.Cluster.Links;

/// <summary>Four bytes of length, little endian, and so many bytes of frame. A length of nothing says "I am here".</summary>
internal static class LinkFraming
{
    public const int PrefixBytes = 4;

    /// <summary>A ping, and its answer.</summary>
    public static ReadOnlySpan<byte> Ping => [0, 0, 0, 0];

    /// <summary>Takes the next frame off the front of what was read.</summary>
    /// <returns>False while it is not whole.</returns>
    /// <exception cref="InvalidDataException">Longer than allowed: found before anything is set aside for it.</exception>
    public static bool TryTake(ref ReadOnlySequence<byte> read, int most, out ReadOnlySequence<byte> frame)
    {
        frame = default;
        if (read.Length < PrefixBytes)
        {
            return false;
        }

        Span<byte> prefix = stackalloc byte[PrefixBytes];
        read.Slice(0, PrefixBytes).CopyTo(prefix);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(prefix);
        if (length > (uint)most)
        {
            throw new InvalidDataException($"a frame of {length} bytes, {most} are allowed");
        }

        if (read.Length < PrefixBytes + length)
        {
            return false;
        }

        frame = read.Slice(PrefixBytes, length);
        read = read.Slice(PrefixBytes + length);
        return true;
    }
}
