using Realtime.Messages.Ids;
using System.Globalization;

namespace Realtime.Messages.Ids;

/// <summary>
/// Which shard an entity belongs to: FNV-1a over its id (UTF-8), mixed by the finalizer of MurmurHash3, modulo the number of shards, all
/// unsigned. Frozen by a test: nodes that disagree would both believe that they own an entity.
/// </summary>
public static class EntityShards
{
    /// <summary>Shards of each kind of entity; fixed for the life of a store.</summary>
    public const int Count = 256;

    private static readonly string[] Names = [.. Enumerable.Range(0, Count).Select(shard => shard.ToString(CultureInfo.InvariantCulture))];

    /// <summary>The shard's name, as sharding wants it.</summary>
    public static string Of(string entityId) => Names[Number(entityId)];

    public static int Number(string entityId) => (int)(StableHash.Of(entityId) % Count);
}
