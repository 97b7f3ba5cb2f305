namespace Realtime.Node.Telemetry.Metrics;

/// <summary>What is limited.</summary>
public enum LimitKind
{
    /// <summary>Open at a time; of an API key: requests under way.</summary>
    Sockets = 1,

    /// <summary>Per second.</summary>
    Handshakes = 2,

    /// <summary>Per second.</summary>
    Requests = 3,

    /// <summary>Per second.</summary>
    Bytes = 4,

    Subscriptions = 5,

    /// <summary>Channels where something is shown.</summary>
    Presence = 6,

    /// <summary>Published per second by an API key.</summary>
    Messages = 7,
}
