namespace Realtime.Cluster.Journal;

/// <summary>The caller does not own the shard (any more): nothing was read or written.</summary>
public sealed class StoreFencedException(string message) : Exception(message);
