namespace Realtime.Node.Publishing;

/// <summary>A publish that waits for its time.</summary>
/// <param name="At">Milliseconds since 1970.</param>
internal sealed record Scheduled(string Id, long At);
