using System.Buffers.Binary;
using Google.Protobuf;

namespace Realtime.Node.Cluster.Remoting;

/// <summary>Frames of a stream: four bytes of length, little-endian, and as many bytes.</summary>
internal sealed class FrameReader(Stream stream)
{
    private const int HeaderBytes = sizeof(int);
    private const int BufferBytes = 64 * 1024;

    /// <summary>Taken at once for a frame; what it says of itself beyond that has to come first.</summary>
    private const int FirstBytes = 256 * 1024;

    /// <summary>Enough for what a connection says first; grows when there is more.</summary>
    private byte[] _buffer = new byte[1024];
    private int _start;
    private int _end;

    /// <summary>The next frame, in an array of its own. Null: the stream has ended.</summary>
    /// <exception cref="InvalidDataException">There can be no such frame, or the stream has ended within it.</exception>
    public ByteString? Read(int most)
    {
        while (_end - _start < HeaderBytes)
        {
            if (!Fill())
            {
                return _end == _start ? null : throw new InvalidDataException("it ended within the length of a frame");
            }
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start));
        if (length <= 0 || length > most)
        {
            throw new InvalidDataException($"it sent a frame of {(uint)length} bytes, 1 to {most} are allowed");
        }

        _start += HeaderBytes;
        var frame = new byte[Math.Min(length, FirstBytes)];
        var taken = Math.Min(frame.Length, _end - _start);
        _buffer.AsSpan(_start, taken).CopyTo(frame);
        _start += taken;
        while (taken < length)
        {
            if (taken == frame.Length)
            {
                Array.Resize(ref frame, (int)Math.Min(length, 2L * frame.Length));
            }

            var read = stream.Read(frame.AsSpan(taken));
            taken += read > 0 ? read : throw new InvalidDataException($"it ended {taken} bytes into a frame of {length}");
        }

        return UnsafeByteOperations.UnsafeWrap(frame);
    }

    /// <summary>From now on there are many frames.</summary>
    public void Grow()
    {
        var larger = new byte[BufferBytes];
        _buffer.AsSpan(_start.._end).CopyTo(larger);
        (_buffer, _start, _end) = (larger, 0, _end - _start);
    }

    private bool Fill()
    {
        _buffer.AsSpan(_start.._end).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        var read = stream.Read(_buffer.AsSpan(_end));
        _end += read;
        return read > 0;
    }
}
