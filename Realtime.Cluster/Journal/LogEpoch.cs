using System.Buffers.Binary;
using System.Security.Cryptography;
using Realtime.Messages.Positions;

namespace Realtime.Cluster.Journal;

/// <summary>
/// The epoch clients see, out of everything that ends one life of a log: a restored backup changes the store's id, a store that may
/// have lost its end counts up its epoch, a log that is born anew counts up its own.
/// </summary>
internal static class LogEpoch
{
    public static Epoch Of(StoreIdentity store, long logEpoch)
    {
        Span<byte> input = stackalloc byte[32];
        store.StoreId.TryWriteBytes(input, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(input[16..], store.StoreEpoch);
        BinaryPrimitives.WriteInt64BigEndian(input[24..], logEpoch);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, hash);

        // 0 means "no epoch" everywhere else.
        return new Epoch(Math.Max(1, BinaryPrimitives.ReadUInt64BigEndian(hash)));
    }
}
