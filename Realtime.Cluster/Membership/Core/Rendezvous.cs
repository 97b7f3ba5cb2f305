using System.Text;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Membership.Core;

/// <summary>
/// Weighted rendezvous hashing (Schindelhauer and Schomaker, 2005): every node has a score for every shard, and a node that comes or goes changes
/// nobody else's. By the stable name, so that a node that was restarted gets its shards back.
/// </summary>
internal static class Rendezvous
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    public static ulong HashOf(NodeId name)
    {
        var hash = FnvOffset;
        foreach (var b in Encoding.UTF8.GetBytes(name.Name))
        {
            hash = (hash ^ b) * FnvPrime;
        }

        return ShardHash.Mix(hash);
    }

    /// <summary>The higher, the rather: <c>-weight / ln(h)</c> with h even in (0, 1).</summary>
    public static double Score(ulong name, double weight, ShardId shard)
    {
        // Mixed twice: the differences of neighbouring shards must not be the same for every name.
        var hash = ShardHash.Mix(name + ShardHash.Mix((ulong)shard.Value + 0x9e3779b97f4a7c15));
        var even = ((hash >> 11) + 0.5) / (1UL << 53);
        return -weight / Math.Log(even);
    }
}
