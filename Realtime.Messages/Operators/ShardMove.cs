namespace Realtime.Messages.Operators;

/// <summary>A shard on its way to another node, or about to be.</summary>
/// <param name="State"><c>moving</c>: exported and not confirmed yet; <c>planned</c>: its turn has not come.</param>
/// <param name="ForMs">Since the hand-off began; 0 when planned.</param>
public sealed record ShardMove(int Shard, string From, string To, string State, long ForMs);
