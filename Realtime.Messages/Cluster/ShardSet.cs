using System.Buffers.Binary;
using System.Numerics;
using Realtime.Messages.Ids;

namespace Realtime.Messages.Cluster;

/// <summary>A set of the shards of one kind of entities: a bit for each.</summary>
public readonly record struct ShardSet
{
    /// <summary>Bytes of its written form.</summary>
    public const int Size = EntityShards.Count / 8;

    private readonly UInt128 _low;
    private readonly UInt128 _high;

    private ShardSet(UInt128 low, UInt128 high) => (_low, _high) = (low, high);

    public int Count => (int)(UInt128.PopCount(_low) + UInt128.PopCount(_high));

    public bool IsEmpty => _low == 0 && _high == 0;

    /// <summary>The lowest number first.</summary>
    public IEnumerable<ShardId> Shards
    {
        get
        {
            for (var shard = 0; shard < EntityShards.Count; shard++)
            {
                if (Contains(new ShardId(shard)))
                {
                    yield return new ShardId(shard);
                }
            }
        }
    }

    public static ShardSet Of(IEnumerable<ShardId> shards)
    {
        ArgumentNullException.ThrowIfNull(shards);
        var set = default(ShardSet);
        foreach (var shard in shards)
        {
            set = set.With(shard);
        }

        return set;
    }

    /// <exception cref="ArgumentException">They are not <see cref="Size"/> bytes.</exception>
    public static ShardSet Of(ReadOnlySpan<byte> bytes) => bytes.Length == Size
        ? new ShardSet(BinaryPrimitives.ReadUInt128LittleEndian(bytes), BinaryPrimitives.ReadUInt128LittleEndian(bytes[(Size / 2)..]))
        : throw new ArgumentException($"A set of shards has {Size} bytes, not {bytes.Length}.", nameof(bytes));

    public bool Contains(ShardId shard) => shard.Value switch
    {
        >= 0 and < 128 => (_low & Bit(shard)) != 0,
        >= 128 and < EntityShards.Count => (_high & Bit(shard)) != 0,
        _ => false,
    };

    /// <exception cref="ArgumentOutOfRangeException">There is no such shard.</exception>
    public ShardSet With(ShardId shard) => shard.Value switch
    {
        >= 0 and < 128 => new ShardSet(_low | Bit(shard), _high),
        >= 128 and < EntityShards.Count => new ShardSet(_low, _high | Bit(shard)),
        _ => throw new ArgumentOutOfRangeException(nameof(shard), shard, $"There are {EntityShards.Count} shards."),
    };

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, _low);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(Size / 2), _high);
        return bytes;
    }

    public override string ToString() => string.Join(", ", Shards);

    private static UInt128 Bit(ShardId shard) => UInt128.One << (shard.Value & 127);
}
