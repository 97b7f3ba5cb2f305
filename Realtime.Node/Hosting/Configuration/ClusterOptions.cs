using Realtime.Node.Configuration;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>
/// Several nodes on one store, <c>Realtime:Cluster</c>. On PostgreSQL a node is always a member of a cluster, of one node if need be; on
/// SQLite only when it is asked to.
/// </summary>
public sealed class ClusterOptions
{
    /// <summary>Whether other processes on the same store are other nodes of one cluster. Default false; always so on PostgreSQL.</summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// Where to listen for other nodes: <c>localhost</c>, <c>*</c> for every address, or one IP address. Default the node's own
    /// <c>Address</c>.
    /// </summary>
    public string? PeerAddress { get; set; }

    /// <summary>TCP port for other nodes, 0 to 65,535; 0 lets the system choose, which does no harm because the store tells the others. Default 0.</summary>
    public int PeerPort { get; set; }

    /// <summary>Host name or IP address at which other nodes reach this one. Default the peer address; the machine's name when that is every address.</summary>
    public string? PeerHost { get; set; }

    /// <summary>
    /// TCP port at which other nodes reach this one, 0 to 65,535, where it is not the one it listens on: behind a mapping of ports or a proxy. 0: it is. Default 0.
    /// </summary>
    public int PeerAdvertisedPort { get; set; }

    /// <summary>
    /// Where clients reach this very node, past any load balancer, as <c>wss://node-1.example.com</c>. Default none: clients stay where
    /// the load balancer brought them, and nodes relay for each other.
    /// </summary>
    public string? ClientUrl { get; set; }

    /// <summary>Name of the failure domain, for people and for placement. Default none.</summary>
    public string? Zone { get; set; }

    /// <summary>Sessions this node is meant to hold, 1 to 1,000,000: shards and new sessions are placed in proportion. Default 10,000.</summary>
    public int Capacity { get; set; } = 10_000;

    /// <summary>Shards of the cluster, 1 to 65,536. All nodes must say the same; fixed when the cluster is founded. Default 4096.</summary>
    public int Shards { get; set; } = 4096;

    /// <summary>
    /// Between two heartbeats, 100ms to 1m. A node is declared dead after five without one, and stops owning anything after three. All
    /// nodes should say the same. Default 3s.
    /// </summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// What nodes prove to each other that they know, at least 16 bytes of UTF-8. Default none, which is refused unless nodes are listened to on loopback
    /// only.
    /// </summary>
    [Secret]
    public string? Secret { get; set; }

    /// <summary>Over how long a node that stops moves its connections to others, 0s to 1h. Default 30s.</summary>
    public TimeSpan DrainWindow { get; set; } = TimeSpan.FromSeconds(30);
}
