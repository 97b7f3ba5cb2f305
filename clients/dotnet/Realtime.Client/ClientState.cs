namespace Realtime.Client;

/// <summary>Where a <see cref="RealtimeClient"/> stands.</summary>
public enum ClientState
{
    /// <summary>Not connected, and not trying to be.</summary>
    Disconnected,

    /// <summary>Opening a connection or waiting for its <c>welcome</c>.</summary>
    Connecting,

    /// <summary>Attached to its session.</summary>
    Connected,

    /// <summary>Waiting before the next attempt to connect.</summary>
    Waiting,

    /// <summary>Final: closed, disposed, taken over or refused.</summary>
    Closed,
}
