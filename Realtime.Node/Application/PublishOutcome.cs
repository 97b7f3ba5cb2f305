namespace Realtime.Node.Application;

/// <summary>What became of a message on one of several channels.</summary>
/// <param name="Position">Null where the namespace keeps no log, and where it was refused.</param>
/// <param name="Refusal">Null: it is published.</param>
public sealed record PublishOutcome(string Channel, string? Position, RealtimeRefusedException? Refusal);
