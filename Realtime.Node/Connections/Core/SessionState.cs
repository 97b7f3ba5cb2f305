namespace Realtime.Node.Connections.Core;

/// <summary>How a connection stands to its session.</summary>
internal enum SessionState
{
    None = 1,

    /// <summary>It has asked to hold the session, for the first time.</summary>
    Attaching = 2,
    Attached = 3,

    /// <summary>It was attached; the session's actor was replaced, and the connection has asked the new one.</summary>
    Reattaching = 4,

    /// <summary>The session has ended.</summary>
    Over = 5,
}
