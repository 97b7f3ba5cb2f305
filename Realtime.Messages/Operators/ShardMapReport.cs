namespace Realtime.Messages.Operators;

/// <summary>Who holds what, in a form for drawing: <c>GET /operator/v1/shards/map</c>.</summary>
/// <param name="Nodes">Names.</param>
/// <param name="Sessions">For each shard of sessions the index of its owner in <paramref name="Nodes"/>; -1: none.</param>
/// <param name="Channels">The same for the shards of channels.</param>
/// <param name="Moves">That operators want and that are not done.</param>
public sealed record ShardMapReport(
    IReadOnlyList<string> Nodes, IReadOnlyList<int> Sessions, IReadOnlyList<int> Channels, IReadOnlyList<ShardMove> Moves);
