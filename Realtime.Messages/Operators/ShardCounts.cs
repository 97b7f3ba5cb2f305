namespace Realtime.Messages.Operators;

/// <param name="Free">Nobody alive owns them.</param>
/// <param name="Moving">A hand-off is under way.</param>
/// <param name="Held">Moved by an operator, and kept where they are though the plan would have them elsewhere.</param>
public sealed record ShardCounts(int Total, int Free, int Moving, int Held);
