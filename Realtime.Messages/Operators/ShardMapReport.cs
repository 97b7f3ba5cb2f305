namespace Realtime.Messages.Operators;

/// <summary>Who owns what, in a form for drawing: <c>GET /operator/v1/shards/map</c>.</summary>
/// <param name="Nodes">Names.</param>
/// <param name="Owners">For each shard the index of its owner in <paramref name="Nodes"/>; -1: nobody.</param>
/// <param name="Held">Shards kept where an operator moved them.</param>
public sealed record ShardMapReport(
    long Version, IReadOnlyList<string> Nodes, IReadOnlyList<int> Owners, IReadOnlyList<ShardMove> Moves, IReadOnlyList<int> Held);
