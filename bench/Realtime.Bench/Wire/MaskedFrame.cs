using System.Buffers.Binary;

namespace Realtime.Bench.Wire;

/// <summary>Writes a client frame: final, masked with a fresh key, RFC 6455 §5.3.</summary>
internal sealed class MaskedFrame
{
    private const int LongestHeader = 14;

    private readonly Random _keys = new();
    private byte[] _scratch = new byte[4096];

    /// <summary>The frame's bytes, good until the next call.</summary>
    public ReadOnlySpan<byte> Write(int opcode, ReadOnlySpan<byte> payload)
    {
        if (_scratch.Length < payload.Length + LongestHeader)
            _scratch = new byte[payload.Length * 2 + LongestHeader];

        var at = 2;
        _scratch[0] = (byte)(0x80 | opcode);
        if (payload.Length < 126)
        {
            _scratch[1] = (byte)(0x80 | payload.Length);
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            _scratch[1] = 0x80 | 126;
            BinaryPrimitives.WriteUInt16BigEndian(_scratch.AsSpan(2), (ushort)payload.Length);
            at = 4;
        }
        else
        {
            _scratch[1] = 0x80 | 127;
            BinaryPrimitives.WriteUInt64BigEndian(_scratch.AsSpan(2), (ulong)payload.Length);
            at = 10;
        }

        var key = (uint)_keys.NextInt64(0, 1L << 32);
        BinaryPrimitives.WriteUInt32LittleEndian(_scratch.AsSpan(at), key);
        at += 4;
        var masked = _scratch.AsSpan(at, payload.Length);
        for (var index = 0; index < payload.Length; index++)
            masked[index] = (byte)(payload[index] ^ (byte)(key >> ((index & 3) * 8)));
        return _scratch.AsSpan(0, at + payload.Length);
    }
}
