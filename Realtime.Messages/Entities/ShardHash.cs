using System.Text;
using Realtime.Messages.Ids;

namespace Realtime.Messages.Entities;

/// <summary>
/// Which shard an entity belongs to: FNV-1a over kind and key (UTF-8), mixed by the finalizer of MurmurHash3, modulo the number of
/// shards. Frozen by a test: two nodes that disagree would both believe that they own an entity.
/// </summary>
public static class ShardHash
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    public static ShardId Of(EntityAddress address, int shards) => new((int)(Hash(address) % (ulong)shards));

    public static ulong Hash(EntityAddress address)
    {
        var length = Encoding.UTF8.GetMaxByteCount(address.Key.Length);
        Span<byte> bytes = length <= 1024 ? stackalloc byte[length] : new byte[length];
        bytes = bytes[..Encoding.UTF8.GetBytes(address.Key, bytes)];
        var hash = (FnvOffset ^ (byte)address.Kind) * FnvPrime;
        foreach (var b in bytes)
        {
            hash = (hash ^ b) * FnvPrime;
        }

        return Mix(hash);
    }

    /// <summary>Spreads what FNV leaves in the low bits over all of them.</summary>
    public static ulong Mix(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }
}
