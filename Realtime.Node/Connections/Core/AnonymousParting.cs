namespace Realtime.Node.Connections.Core;

/// <summary>How a connection leaves a session without a token behind.</summary>
internal enum AnonymousParting
{
    /// <summary>All it asked for has been answered.</summary>
    Settled = 1,

    /// <summary>Changes it asked for may still be written.</summary>
    Unsure = 2,

    /// <summary>It said bye.</summary>
    Ended = 3,
}
