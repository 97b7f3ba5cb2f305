using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Persistence.Journal;

/// <summary>The latest call of the store that failed.</summary>
public sealed record JournalFailure(StoreFailureKind Kind, string Message, DateTimeOffset At);
