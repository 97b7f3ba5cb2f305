namespace Realtime.Tests.Cluster.Checking;

/// <summary>What the database says after the run, read past the nodes.</summary>
/// <param name="HeadMoves">Null where the database cannot tell who commits (SQLite).</param>
/// <param name="OwnerMoves">Null where it was not watched.</param>
/// <param name="Unowned">Shards without a living owner.</param>
/// <param name="WrongEvictions">Nodes that were declared dead although nothing had been done to them, in words.</param>
internal sealed record FinalState(
    IReadOnlyDictionary<string, FinalLog> Logs,
    int Shards,
    IReadOnlyList<int> Unowned,
    IReadOnlyList<HeadMove>? HeadMoves,
    IReadOnlyList<OwnerMove>? OwnerMoves,
    IReadOnlyList<string> WrongEvictions);
