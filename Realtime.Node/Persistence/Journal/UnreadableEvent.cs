namespace Realtime.Node.Persistence.Journal;

/// <summary>
/// What recovery gets for a row whose serializer refuses it or is not known. Recovery goes on behind it; the log that receives one has a hole.
/// </summary>
public sealed record UnreadableEvent(int? Serializer, string Manifest, int Bytes, string Reason);
