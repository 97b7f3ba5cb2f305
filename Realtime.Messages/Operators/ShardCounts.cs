namespace Realtime.Messages.Operators;

/// <summary>Shards of both kinds together.</summary>
/// <param name="Free">No node holds them: they were not needed yet, or are on their way.</param>
/// <param name="Moving">Operators move them.</param>
public sealed record ShardCounts(int Total, int Free, int Moving);
