namespace Realtime.Node.Operations;

/// <summary>Where a node is in its life. It only moves forward.</summary>
public enum NodePhase
{
    Starting = 1,
    Serving = 2,
    Draining = 3,
    Stopped = 4,
}
