using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace Realtime.Node.Operations.Questions;

/// <summary>What of one kind of entity is in memory on this node, as its shard region says.</summary>
internal static class Residents
{
    /// <summary>Longer than the region itself waits for its shards (<c>shard-region-query-timeout</c>), so that it can name those that are busy.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    /// <param name="region">Null on a lighthouse, which has none.</param>
    /// <returns>Null: the region did not answer.</returns>
    public static async Task<Counts?> CountAsync(IActorRef? region, CancellationToken cancellation)
    {
        if (region is null)
        {
            return Counts.None;
        }

        try
        {
            var answer = await region.Ask<ShardRegionStats>(GetShardRegionStats.Instance, Patience, cancellation).ConfigureAwait(false);
            return new Counts(answer.Stats, answer.Failed);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    /// <returns>Entity ids, and whether they are all: a shard that is busy is left out.</returns>
    public static async Task<(IReadOnlyList<string> Ids, bool IsWhole)> ListAsync(IActorRef region, CancellationToken cancellation)
    {
        try
        {
            var answer = await region.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, Patience, cancellation).ConfigureAwait(false);
            return ([.. answer.Shards.SelectMany(shard => shard.EntityIds)], answer.Failed.Count == 0);
        }
        catch (AskTimeoutException)
        {
            return ([], false);
        }
    }

    /// <param name="ByShard">A shard that was never needed since the node started is not in it.</param>
    /// <param name="Busy">Shards that did not answer the region in time.</param>
    internal sealed record Counts(IReadOnlyDictionary<string, int> ByShard, IImmutableSet<string> Busy)
    {
        public static Counts None { get; } = new(ImmutableDictionary<string, int>.Empty, ImmutableHashSet<string>.Empty);

        /// <summary>Null when a shard did not say.</summary>
        public int? Total => Busy.Count == 0 ? ByShard.Values.Sum() : null;

        /// <summary>All that are known, and those that did not say.</summary>
        public IReadOnlyDictionary<string, int?> All =>
            ByShard.Select(shard => KeyValuePair.Create(shard.Key, (int?)shard.Value)).Concat(Busy.Except(ByShard.Keys).Select(shard => KeyValuePair.Create(shard, (int?)null))).ToDictionary();

        /// <summary>Null when the shard did not say.</summary>
        public int? Of(string shard) => Busy.Contains(shard) ? null : ByShard.GetValueOrDefault(shard);
    }
}
