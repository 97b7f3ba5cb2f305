namespace Realtime.Tests.Cluster.Checking;

/// <summary>What the database says after the run, read past the nodes.</summary>
/// <param name="Verdicts">Lives of nodes that were declared dead, in their order.</param>
internal sealed record FinalState(IReadOnlyDictionary<string, FinalLog> Logs, IReadOnlyList<Verdict> Verdicts);
