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
    /// Whether nodes talk to each other by TLS, for which both ends need a certificate (<c>mutual</c>), or in the open (<c>off</c>), where whoever reaches the port is a node. Has to be said
    /// when <c>Host</c> is not loopback. Default <c>off</c> on loopback.
    /// </summary>
    public ClusterTls? Tls { get; set; }

    /// <summary>
    /// File with this node's certificate and what stands between it and the <c>Authority</c>: PEM, or PFX without a password. It has to be good for a server and for a client; names in it do
    /// not count. Read at start. Default none.
    /// </summary>
    public string? Certificate { get; set; }

    /// <summary>File with the private key of <c>Certificate</c>, PEM, not encrypted. Default the file of the certificate.</summary>
    public string? CertificateKey { get; set; }

    /// <summary>File with the certificate of the authority that signs those of the nodes, and of nobody else: PEM. Several are taken while one follows another. Default none.</summary>
    public string? Authority { get; set; }

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
