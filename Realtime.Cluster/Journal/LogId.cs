namespace Realtime.Cluster.Journal;

/// <summary>A log's number within one store.</summary>
public readonly record struct LogId(long Value);
