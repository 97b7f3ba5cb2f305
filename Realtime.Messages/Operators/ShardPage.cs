namespace Realtime.Messages.Operators;

/// <summary><c>GET /operator/v1/shards</c>.</summary>
/// <param name="Next">What to give as <c>after</c> for the next page; null: this was the last.</param>
public sealed record ShardPage(long Version, IReadOnlyList<ShardStatus> Shards, string? Next);
