namespace Realtime.Messages.Operators;

/// <summary>Where a session or a channel lives: <c>GET /operator/v1/shards/locate</c>.</summary>
/// <param name="Kind"><c>session</c> or <c>channel</c>: of these the shard is.</param>
public sealed record ShardLocation(string Kind, string Id, int Shard, string? Owner);
