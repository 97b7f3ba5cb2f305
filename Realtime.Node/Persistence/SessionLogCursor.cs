namespace Realtime.Node.Persistence;

/// <summary>Where a page of sessions' logs ended.</summary>
/// <param name="Written">When the last one's newest event was written, in ticks.</param>
/// <param name="Row">Tells those apart that were written in one instant.</param>
public readonly record struct SessionLogCursor(long Written, long Row);
