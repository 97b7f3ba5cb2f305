namespace Realtime.Node.Persistence;

/// <param name="Next">Null: there are no more.</param>
public sealed record PresentSessionPage(IReadOnlyList<PresentSession> Sessions, SessionLogCursor? Next);
