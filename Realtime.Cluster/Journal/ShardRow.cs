using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal;

/// <summary>Who owns a shard.</summary>
/// <param name="Epoch">Grows by one with every change of owner; 0: never owned.</param>
/// <param name="Owner">None: free to be acquired.</param>
public readonly record struct ShardRow(ShardId Shard, long Epoch, Incarnation Owner);
