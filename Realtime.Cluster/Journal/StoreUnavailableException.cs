namespace Realtime.Cluster.Journal;

/// <summary>The store cannot answer a read now; trying again may help.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
