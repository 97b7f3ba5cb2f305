namespace Realtime.Node.Persistence.Events;

/// <summary>Where an offset stands in the journal: the event with this sequence number begins with it.</summary>
/// <param name="At">Time of the first message, milliseconds since 1970.</param>
public readonly record struct IndexEntry(long Offset, long SequenceNr, long At);
