namespace Realtime.Node.Sessions.Core;

/// <summary>Where a session stands.</summary>
public enum SessionStage
{
    /// <summary>Its log is being read back; requests wait.</summary>
    Loading,

    /// <summary>There is no such session: its log was never written, and no connection has opened it.</summary>
    Absent,

    /// <summary>Read back, and no connection has held it since. One that held it before may attach again.</summary>
    Recovered,

    /// <summary>A connection holds it.</summary>
    Attached,

    /// <summary>Its connection is gone and the grace time runs: to others it is still there.</summary>
    Detached,

    /// <summary>The grace time is over: it waits for its client until it expires.</summary>
    Parked,

    /// <summary>It is over, and that is not committed yet.</summary>
    Ending,

    /// <summary>It is over.</summary>
    Ended,
}
