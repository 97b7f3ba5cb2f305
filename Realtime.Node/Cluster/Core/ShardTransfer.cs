namespace Realtime.Node.Cluster.Core;

/// <summary>A shard that goes from one node to another.</summary>
/// <param name="From">Key of its holder; null: it has left it already.</param>
/// <param name="To">Where it would be given if that were decided now.</param>
internal readonly record struct ShardTransfer(string Shard, string? From, string To);
