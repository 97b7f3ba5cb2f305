namespace Realtime.Node.Cluster.Core;

/// <summary>A node with a shard region, as the allocation of one kind of entities sees it.</summary>
/// <param name="Key">Of the member. Two holders have one while a process and the one before it on the same address are both registered.</param>
/// <param name="Weight">Its capacity, at least 1.</param>
/// <param name="Shards">That it holds, the oldest first. Those that are being handed over are among them.</param>
internal sealed record ShardHolder(string Key, long Weight, Willingness Willingness, IReadOnlyCollection<string> Shards);
