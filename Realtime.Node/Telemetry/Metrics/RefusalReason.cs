namespace Realtime.Node.Telemetry.Metrics;

/// <summary>Why a handshake was refused at the door.</summary>
public enum RefusalReason
{
    /// <summary>The node is starting or stopping.</summary>
    Stopping = 1,

    /// <summary>Too many came at once.</summary>
    Rate = 2,

    /// <summary>A page of an origin that may not connect.</summary>
    Origin = 3,

    /// <summary>No WebSocket, or no subprotocol that is known.</summary>
    Protocol = 4,

    /// <summary>Too many of one address.</summary>
    Address = 5,

    /// <summary>Too many that have not said who they are.</summary>
    Unauthenticated = 6,
}
