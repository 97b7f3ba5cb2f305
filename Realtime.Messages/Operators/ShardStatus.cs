namespace Realtime.Messages.Operators;

/// <summary>One shard: <c>GET /operator/v1/shards/{shard}</c>, and in lists.</summary>
/// <param name="Owner">Null: nobody alive.</param>
/// <param name="Plan">Where it belongs by the plan; null when nobody takes shards.</param>
/// <param name="State"><c>here</c>, <c>moving</c>, <c>held</c> or <c>free</c>.</param>
/// <param name="Sessions">In memory; null when the owner did not say.</param>
/// <param name="Channels">In memory; null when the owner did not say.</param>
public sealed record ShardStatus(int Shard, string? Owner, long Epoch, string? Plan, string State, int? Sessions, int? Channels);
