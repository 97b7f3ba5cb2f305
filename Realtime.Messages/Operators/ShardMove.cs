namespace Realtime.Messages.Operators;

/// <summary>A shard that an operator moves to another node and that is not there yet.</summary>
/// <param name="Kind"><c>session</c> or <c>channel</c>.</param>
/// <param name="From">Null: no node holds it at the moment.</param>
public sealed record ShardMove(string Kind, int Shard, string? From, string To);
