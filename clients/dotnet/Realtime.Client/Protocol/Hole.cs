namespace Realtime.Client.Protocol;

/// <summary>What a gap says: the offsets lost (where known), why, and where the stream goes on.</summary>
internal sealed record Hole(string Reason, long? First, long? Last, Position? Position);
