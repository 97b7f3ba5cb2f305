namespace Realtime.Node.Sessions.Core;

/// <summary>What is known of the session's log.</summary>
public enum LogPhase
{
    Closed,
    Starting,
    Usable,

    /// <summary>An append is under way.</summary>
    Writing,

    /// <summary>It has stopped and is started again by itself. An append that was under way has an unknown outcome until then.</summary>
    Unavailable,
    Closing,
}
