namespace Realtime.Cluster.Kernel;

/// <summary>What becomes of an actor whose turn failed.</summary>
public enum Supervision
{
    /// <summary>It takes no more messages.</summary>
    Stop = 1,

    /// <summary>It starts over with fresh state and the messages that still wait.</summary>
    Restart = 2,
}
