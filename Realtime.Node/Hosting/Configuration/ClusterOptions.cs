namespace Realtime.Node.Hosting.Configuration;

/// <summary>How this node is reached beside others, <c>Realtime:Cluster</c>.</summary>
public sealed class ClusterOptions
{
    /// <summary>
    /// Where the node listens for other nodes on the same PostgreSQL database: <c>localhost</c>, <c>*</c> for every address, or one IP address. Nodes with one database are one cluster. On
    /// other stores nobody joins, and the option counts for nothing. Default <c>localhost</c>.
    /// </summary>
    public string? Host { get; set; } = "localhost";

    /// <summary>What other nodes dial: a host name or an IP address. Needed when <c>Host</c> is <c>*</c>. Default the <c>Host</c>.</summary>
    public string? AdvertisedHost { get; set; }

    /// <summary>TCP port for other nodes, 0 to 65,535; 0 lets the system choose, and the node's row in the database says which. Default 0.</summary>
    public int Port { get; set; }

    /// <summary>
    /// Where clients reach this very node, past any load balancer, as <c>wss://node-1.example.com</c>: the gateway names it. Default none: the
    /// gateway names the address that it was asked at.
    /// </summary>
    public string? ClientUrl { get; set; }
}
