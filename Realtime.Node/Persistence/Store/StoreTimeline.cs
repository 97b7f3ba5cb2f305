using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Realtime.Node.Persistence.Store;

/// <summary>
/// A store's id and epoch as one number. It is written into every event, so a test freezes how it is made: another one begins a new epoch
/// in every log.
/// </summary>
public sealed class StoreTimeline(EventStore store) : IStoreIdentity
{
    private Number _number = new(-1, 0);

    /// <remarks>Asked at each step of each log.</remarks>
    public ulong Current
    {
        get
        {
            var epoch = store.Epoch;
            var number = _number;
            if (number.Epoch != epoch)
            {
                _number = number = new Number(epoch, Of(store.Opened.StoreId, epoch));
            }

            return number.Value;
        }
    }

    internal static ulong Of(Guid storeId, long epoch)
    {
        Span<byte> input = stackalloc byte[16 + sizeof(long)];
        storeId.TryWriteBytes(input, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(input[16..], epoch);

        // 0 stands for a row that cannot be read.
        return Math.Max(1, BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(input)));
    }

    private sealed record Number(long Epoch, ulong Value);
}
