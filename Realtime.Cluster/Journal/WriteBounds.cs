namespace Realtime.Cluster.Journal;

/// <summary>What may wait for a writer, and what may share a commit.</summary>
internal sealed record WriteBounds(int QueueItems, long QueueBytes, int BatchItems, long BatchBytes);
