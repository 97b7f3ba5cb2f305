namespace Realtime.Tests.Cluster.Checking;

/// <summary>A life of a node was declared dead in the store.</summary>
/// <param name="By">Name of the node whose transaction did it.</param>
/// <param name="At">By the time of day of the one machine that everything runs on.</param>
internal sealed record Verdict(string Node, long Incarnation, string By, string Reason, DateTimeOffset At)
{
    public override string ToString() => $"{By} declared {Node} (incarnation {Incarnation}) dead at {At:HH:mm:ss.fff}: {Reason}";
}
