namespace Realtime.Tests.Cluster.Checking;

/// <summary>A broken invariant, by its name in the design (I1 … I9), and what shows it. <c>run</c>: the run itself proves nothing.</summary>
internal sealed record Violation(string Invariant, string What)
{
    public override string ToString() => $"{Invariant}: {What}";
}
