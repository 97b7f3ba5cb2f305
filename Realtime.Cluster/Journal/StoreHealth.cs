namespace Realtime.Cluster.Journal;

/// <param name="Fault">Null when well; otherwise one sentence for operators.</param>
public sealed record StoreHealth(bool IsWell, string? Fault);
