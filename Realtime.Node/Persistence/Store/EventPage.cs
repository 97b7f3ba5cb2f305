namespace Realtime.Node.Persistence.Store;

/// <summary>The beginning of a range, in order.</summary>
/// <param name="IsLast">False: the range may go on behind these.</param>
internal readonly record struct EventPage(IReadOnlyList<StoredEvent> Events, bool IsLast);
