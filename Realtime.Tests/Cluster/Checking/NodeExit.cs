namespace Realtime.Tests.Cluster.Checking;

/// <summary>A node's process ended although the stage had not asked for it.</summary>
internal sealed record NodeExit(string Node, int Code, DateTimeOffset At)
{
    /// <summary>It had been downed, and could not be brought back.</summary>
    public const int NotBack = -1;

    public override string ToString() => $"{Node} ended with {Code} at {At:HH:mm:ss.fff}";
}
