namespace Realtime.Messages.Entities;

/// <summary>How a session stands to its client. Frozen by a test.</summary>
public enum SessionPhase
{
    /// <summary>A connection stands for it.</summary>
    Attached = 1,

    /// <summary>Nobody stands for it, and its grace time runs: to others it is still there.</summary>
    Detached = 2,

    /// <summary>Its grace time is over: it waits for its client until it expires.</summary>
    Parked = 3,
}
