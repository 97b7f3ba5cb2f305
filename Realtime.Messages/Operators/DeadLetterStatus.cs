namespace Realtime.Messages.Operators;

/// <summary>Messages of a node that reached no actor. A few are normal; ever more of them are a fault.</summary>
/// <param name="Count">Since the node started.</param>
/// <param name="Last">Type of the latest one; null: there was none.</param>
public sealed record DeadLetterStatus(long Count, string? Last);
