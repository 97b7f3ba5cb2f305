using Realtime.Node.Cluster.Remoting;

namespace Realtime.Node.Cluster;

/// <summary>What differs from node to node in the actor system.</summary>
/// <param name="Host">Where it listens: a host name or an IP address.</param>
/// <param name="Port">0: any free port.</param>
public sealed record ActorSystemSettings(string Host, int Port)
{
    /// <summary>The role of nodes that hold shards.</summary>
    public const string NodeRole = "node";

    /// <summary>The role of contact points, which hold no shards.</summary>
    public const string LighthouseRole = "lighthouse";

    /// <summary>A node that nobody else joins: it listens on loopback, on any port.</summary>
    public static ActorSystemSettings Alone { get; } = new("127.0.0.1", 0);

    /// <summary>Where actors of other nodes reach this one; null: where it listens.</summary>
    public string? AdvertisedHost { get; init; }

    /// <summary>Null: what nodes say to each other is not encrypted, and whoever reaches the port is a node.</summary>
    public TransportTls? Tls { get; init; }

    public IReadOnlyList<string> Roles { get; init; } = [NodeRole];

    public ShutdownTimes Times { get; init; } = ShutdownTimes.Default;

    /// <summary>Messages that one shard region holds while a shard has no place. Bounded by what admission lets in.</summary>
    public int RegionBuffer { get; init; } = 100_000;

    /// <summary>Akka's own settings (HOCON) that stand above all others. Tests have some, programs none.</summary>
    public string Overrides { get; init; } = "";
}
