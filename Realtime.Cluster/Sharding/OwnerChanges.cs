using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>What a new view has changed.</summary>
/// <param name="All">Shards with another owner or epoch.</param>
/// <param name="Forgotten">Those whose new owner was not told by the old one what it knew.</param>
/// <param name="Adopted">Those that are this node's now without having been handed to it.</param>
internal sealed record OwnerChanges(HashSet<ShardId> All, HashSet<ShardId> Forgotten, List<ShardId> Adopted);
