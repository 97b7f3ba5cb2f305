using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal;

/// <summary>
/// The right to write what lives in a shard: the shard's epoch, which has at most one owner, ever. Every write that carries one checks it
/// in its own transaction, under a lock that a change of owner waits for; leases and views decide nothing about it.
/// </summary>
public readonly record struct ShardFence(ShardId Shard, long Epoch, Incarnation Owner);
