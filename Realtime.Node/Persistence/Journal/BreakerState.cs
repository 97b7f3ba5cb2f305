namespace Realtime.Node.Persistence.Journal;

public enum BreakerState
{
    Closed = 0,

    /// <summary>One call is let through to see whether the store answers again.</summary>
    HalfOpen = 1,

    /// <summary>Calls fail at once.</summary>
    Open = 2,
}
