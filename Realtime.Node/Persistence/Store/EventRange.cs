namespace Realtime.Node.Persistence.Store;

/// <summary>Events of one log, both ends included.</summary>
internal readonly record struct EventRange(string PersistenceId, long From, long To);
