namespace Realtime.Node.Sessions.Core;

/// <summary>The times a session waits for.</summary>
public enum SessionTimer
{
    /// <summary>Write what has been put off.</summary>
    WriteBehind = 1,

    /// <summary>Detached long enough that others may see it leave.</summary>
    Grace = 2,

    /// <summary>The store refused a write; try again.</summary>
    Retry = 3,
}
