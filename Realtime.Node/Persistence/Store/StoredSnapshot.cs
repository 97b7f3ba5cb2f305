namespace Realtime.Node.Persistence.Store;

/// <summary>The newest snapshot of one log as it is stored.</summary>
internal sealed record StoredSnapshot(long SequenceNumber, long Created, byte[]? Content, int? Serializer, string Manifest);
