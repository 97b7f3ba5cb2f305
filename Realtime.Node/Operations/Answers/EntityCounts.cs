namespace Realtime.Node.Operations.Answers;

/// <summary>How many entities of a node's shards are in memory, by shard; shards that were never needed are left out, those that did not say are null.</summary>
internal sealed record EntityCounts(IReadOnlyDictionary<string, int?> Sessions, IReadOnlyDictionary<string, int?> Channels);
