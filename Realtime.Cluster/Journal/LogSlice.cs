using Realtime.Messages.Positions;

namespace Realtime.Cluster.Journal;

/// <summary>Part of a log with its bounds at the same instant.</summary>
public sealed record LogSlice(long Head, long Tail, IReadOnlyList<LogMessage> Messages);
