namespace Realtime.Messages.Operators;

/// <summary>Shards of sessions, then those of channels, each by number: <c>GET /operator/v1/shards</c>.</summary>
/// <param name="Next">What to give as <c>after</c> for the next page, as <c>KIND/NUMBER</c>; null: this was the last.</param>
public sealed record ShardPage(IReadOnlyList<ShardStatus> Shards, string? Next);
