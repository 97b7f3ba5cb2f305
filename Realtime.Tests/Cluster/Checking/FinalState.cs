namespace Realtime.Tests.Cluster.Checking;

/// <summary>What the database says after the run, read past the nodes.</summary>
internal sealed record FinalState(IReadOnlyDictionary<string, FinalLog> Logs);
