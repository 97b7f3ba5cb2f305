namespace Realtime.Cluster.Journal;

/// <summary>Hears of every batch of writes, on the thread that wrote it: it must not block and must not throw.</summary>
/// <param name="outcomes">One for each write; only valid during the call.</param>
public delegate void BatchWritten(TimeSpan took, ReadOnlySpan<WriteOutcome> outcomes);
