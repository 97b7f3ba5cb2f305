namespace Realtime.Node.Persistence;

/// <summary>Where a page of logs ended.</summary>
/// <param name="PersistenceId">Of its last log; null: before the first.</param>
public readonly record struct KeptLogCursor(string? PersistenceId);
