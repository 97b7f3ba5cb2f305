namespace Realtime.Node.Hosting;

/// <summary>How this node is a member of a cluster. What is written here is checked.</summary>
public sealed record ClusterSettings
{
    /// <summary>Where to listen for other nodes: <c>localhost</c>, <c>*</c> or one IP address.</summary>
    public required string PeerAddress { get; init; }

    /// <summary>0 lets the system choose.</summary>
    public int PeerPort { get; init; }

    /// <summary>What other nodes are told to dial, without the port.</summary>
    public required string PeerHost { get; init; }

    /// <summary>What other nodes are told to dial; 0: the port that is listened on.</summary>
    public int PeerAdvertisedPort { get; init; }

    /// <summary>Without a slash at the end; null when clients cannot choose this node.</summary>
    public string? ClientUrl { get; init; }

    public string? Zone { get; init; }

    /// <summary>Sessions this node is meant to hold.</summary>
    public int Capacity { get; init; } = 10_000;

    public int Shards { get; init; } = 4096;

    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Null: nodes are listened to on loopback only and believed.</summary>
    public string? Secret { get; init; }

    public TimeSpan DrainWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A record prints its members, and this one ends up in logs and exceptions.</summary>
    public override string ToString() => $"ClusterSettings {{ {PeerHost}:{PeerPort}, {Shards} shards }}";
}
