namespace Realtime.Node.Persistence;

/// <param name="Next">Null: there are no more.</param>
public sealed record IdleSessionPage(IReadOnlyList<IdleSession> Sessions, SessionLogCursor? Next);
