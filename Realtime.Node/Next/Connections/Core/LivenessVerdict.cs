namespace Realtime.Node.Next.Connections.Core;

/// <summary>What a look at the clock says of a connection.</summary>
internal enum LivenessVerdict
{
    Well = 1,
    Ping = 2,

    /// <summary>The client has not answered.</summary>
    Silent = 3,

    /// <summary>The client does not read.</summary>
    Stalled = 4,
}
