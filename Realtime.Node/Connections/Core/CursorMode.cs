namespace Realtime.Node.Connections.Core;

/// <summary>Where a subscriber stands towards its channel.</summary>
public enum CursorMode
{
    /// <summary>Joined, but its reply is not out yet: nothing may be sent before it.</summary>
    Held = 1,

    /// <summary>Has everything up to the head and gets what comes.</summary>
    Live = 2,

    /// <summary>Reads pages of the log until it meets the head.</summary>
    CatchingUp = 3,

    /// <summary>Its queue is full: waits for room, then catches up.</summary>
    Waiting = 4,
}
