namespace Realtime.Node.Persistence;

/// <param name="Next">Null: there are no more.</param>
public sealed record KeptLogPage(IReadOnlyList<KeptLog> Logs, KeptLogCursor? Next);
