namespace Realtime.Node.Hosting.Configuration;

/// <summary>How this node is reached beside others, <c>Realtime:Cluster</c>.</summary>
public sealed class ClusterOptions
{
    /// <summary>
    /// Where clients reach this very node, past any load balancer, as <c>wss://node-1.example.com</c>: the gateway names it. Default none: the
    /// gateway names the address that it was asked at.
    /// </summary>
    public string? ClientUrl { get; set; }
}
