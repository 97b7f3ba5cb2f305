using System.Globalization;
using Realtime.Messages.Cluster;

namespace Realtime.Node.Operations.Answers;

/// <summary>How many entities of a node's shards are in memory, by shard. Null: the shard did not say.</summary>
internal sealed record EntityCounts(IReadOnlyDictionary<string, int?> Sessions, IReadOnlyDictionary<string, int?> Channels)
{
    /// <summary>A shard that was never needed holds nothing.</summary>
    public int? Of(EntityKind kind, int shard) =>
        (kind is EntityKind.Session ? Sessions : Channels).TryGetValue(shard.ToString(CultureInfo.InvariantCulture), out var count) ? count : 0;
}
