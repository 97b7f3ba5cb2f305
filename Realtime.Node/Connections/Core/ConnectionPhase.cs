namespace Realtime.Node.Connections.Core;

/// <summary>The life of a connection.</summary>
internal enum ConnectionPhase
{
    AwaitingHello = 1,

    /// <summary>Frames with more of the hello's positions follow.</summary>
    ReadingHello = 2,

    /// <summary>The hello is here; session and channels are asked.</summary>
    Handshake = 3,
    Open = 4,

    /// <summary>Takes nothing more and waits for the answers to what was accepted.</summary>
    Closing = 5,

    /// <summary>The goodbye is sent; the link is not closed yet.</summary>
    Closed = 6,
    Stopped = 7,
}
