namespace Realtime.Node.Operations.Answers;

/// <summary>How many entities of a node's shards are in memory, for those that have any; three lists of the same length, because there may be tens of thousands.</summary>
internal sealed record ShardPart(IReadOnlyList<int> Shards, IReadOnlyList<int> Sessions, IReadOnlyList<int> Channels);
