namespace Realtime.Messages.Operators;

/// <summary>One shard: <c>GET /operator/v1/shards/{kind}/{shard}</c>, and in lists.</summary>
/// <param name="Kind"><c>session</c> or <c>channel</c>: sessions and channels have shards of their own, numbered alike.</param>
/// <param name="Owner">The node that holds it; null: none yet, or it is on its way.</param>
/// <param name="Target">Where an operator moves it; null: nowhere.</param>
/// <param name="State"><c>here</c>, <c>moving</c> (an operator moves it) or <c>free</c>.</param>
/// <param name="Entities">In memory; null when the owner did not say.</param>
public sealed record ShardStatus(string Kind, int Shard, string? Owner, string? Target, string State, int? Entities);
