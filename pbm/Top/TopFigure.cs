namespace Realtime.Pbm.Top;

/// <summary>What the live view shows of each node.</summary>
internal enum TopFigure
{
    Connections,
    Publishes,
    Deliveries,

    /// <summary>Subscribers that read from the log because they could not keep up.</summary>
    Lag,

    /// <summary>Of publishes, from their arrival to their answer.</summary>
    P99,

    /// <summary>Requests and handshakes refused.</summary>
    Errors,
}
