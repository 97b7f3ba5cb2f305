using System.Buffers;
using System.Buffers.Binary;

namespace Realtime.Cluster.Links;

/// <summary>One encoded frame with its length in front, in a rented array that goes back with <see cref="Dispose"/>.</summary>
internal sealed class FrameBuffer : IBufferWriter<byte>, IDisposable
{
    private const int FirstBytes = 256;
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int _length = LinkFraming.PrefixBytes;

    /// <summary>Of the frame, without the length in front.</summary>
    public int FrameBytes => _length - LinkFraming.PrefixBytes;

    /// <summary>What it keeps from others, which is more than it is long.</summary>
    public int HeldBytes => _bytes.Length;

    /// <summary>Writes the length; nothing may be added after.</summary>
    public ReadOnlySpan<byte> Sealed()
    {
        BinaryPrimitives.WriteInt32LittleEndian(_bytes, FrameBytes);
        return _bytes.AsSpan(0, _length);
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _length);
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_length);
    }

    public void Dispose()
    {
        var bytes = _bytes;
        _bytes = [];
        _length = 0;
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void Reserve(int more)
    {
        more = Math.Max(1, more);
        if (_bytes.Length - _length >= more)
        {
            return;
        }

        var bigger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_length + more), _bytes.Length * 2));
        _bytes.AsSpan(0, _length).CopyTo(bigger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = bigger;
    }
}
