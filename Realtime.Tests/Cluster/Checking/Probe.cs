namespace Realtime.Tests.Cluster.Checking;

/// <summary>An attempt to reach an entity after everything had healed.</summary>
/// <param name="Took">From the healing to the answer; null: none came.</param>
internal sealed record Probe(string Entity, TimeSpan? Took);
