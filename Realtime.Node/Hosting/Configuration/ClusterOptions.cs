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
    /// Where clients reach this very node, past any load balancer, as <c>wss://node-1.example.com</c>: the gateway names it, and clients are asked to move to it. Default: on PostgreSQL
    /// and with a fixed <c>Port</c> on loopback <c>ws://localhost:PORT</c>; else none, and the gateway names the address that it was asked at.
    /// </summary>
    public string? ClientUrl { get; set; }

    /// <summary>
    /// Sessions this node is meant to hold, 1 to 10,000,000: nodes have shards in proportion to it, and the gateway sends new clients where more of it is free. Default 25,000.
    /// </summary>
    public int Capacity { get; set; } = 25_000;

    /// <summary>Over how long a node that stops or is drained asks its connections to go to other nodes, 0s to 10m. Default 10s.</summary>
    public TimeSpan DrainWindow { get; set; } = TimeSpan.FromSeconds(10);
}
