using System.Net;

namespace Realtime.Node.Webhooks;

/// <summary>The application's endpoints, and where they may be.</summary>
internal sealed record WebhookSettings
{
    /// <summary>By name, in the order in which they are asked.</summary>
    public IReadOnlyList<WebhookEndpoint> Endpoints { get; init; } = [];

    public bool AllowsLoopback { get; init; }

    public bool AllowsPrivate { get; init; }

    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];
}
