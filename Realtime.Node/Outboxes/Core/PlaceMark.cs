namespace Realtime.Node.Outboxes.Core;

/// <summary>What is to be written of a place.</summary>
/// <param name="Checkpoint">To be written before it; null: the one before still counts.</param>
internal sealed record PlaceMark(Place Place, Checkpoint? Checkpoint);
