namespace Realtime.Messages.Operators;

/// <summary>
/// One number of a shard: <c>GET /operator/v1/shards/{shard}</c>, and in lists. Sessions and channels have shards of their own, numbered alike: what is said here is said of both.
/// </summary>
/// <param name="Owner">Null: nobody alive.</param>
/// <param name="Plan">Where it belongs by the plan; null when nobody takes shards.</param>
/// <param name="State"><c>here</c>, <c>moving</c>, <c>held</c> or <c>free</c>.</param>
/// <param name="Sessions">In memory, in the sessions' shard of this number; null when the owner did not say.</param>
/// <param name="Channels">In memory, in the channels' shard of this number; null when the owner did not say.</param>
public sealed record ShardStatus(int Shard, string? Owner, string? Plan, string State, int? Sessions, int? Channels);
