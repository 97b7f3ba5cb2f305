namespace Realtime.Node.Persistence.Store;

/// <summary>One row as it is stored. A damaged one has no message or no serializer.</summary>
internal readonly record struct StoredEvent(long SequenceNumber, byte[]? Message, int? Serializer, string Manifest, long Created);
