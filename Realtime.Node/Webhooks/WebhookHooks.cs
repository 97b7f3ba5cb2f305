namespace Realtime.Node.Webhooks;

/// <summary>What an endpoint is asked, and what it is told.</summary>
[Flags]
internal enum WebhookHooks
{
    None = 0,
    Connect = 1,
    Subscribe = 2,
    Publish = 4,
    Call = 8,

    /// <summary>Sessions are opened and closed.</summary>
    Sessions = 16,

    /// <summary>Channels are occupied and vacated.</summary>
    Occupancy = 32,

    /// <summary>Members join, change and leave.</summary>
    Members = 64,
    Decisions = Connect | Subscribe | Publish | Call,
    Events = Sessions | Occupancy | Members,
}
