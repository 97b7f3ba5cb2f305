namespace Realtime.Node.Feeds.Core;

/// <summary>Where a subscriber stands towards its channel.</summary>
internal enum CursorMode
{
    /// <summary>Has no position yet.</summary>
    Joining = 1,

    /// <summary>Has its position, but the reply to its client is not queued yet: nothing may be sent before it.</summary>
    Held = 2,

    /// <summary>Has everything up to the head and gets what comes.</summary>
    Live = 3,

    /// <summary>Reads pages of the log until it meets the head.</summary>
    CatchingUp = 4,

    /// <summary>Its queue is full: waits for room, then catches up.</summary>
    Waiting = 5,

    /// <summary>Too slow for its namespace or for memory: its connection closes, nothing more is sent.</summary>
    Stopped = 6,
}
