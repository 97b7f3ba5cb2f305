namespace Realtime.Tests.Cluster.Stage;

/// <summary>What the stage has done to a node's process.</summary>
internal enum NodeCondition
{
    Down,
    Up,
    Paused,
}
