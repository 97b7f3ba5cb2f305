namespace Realtime.Node.Hosting.Configuration;

/// <summary>How nodes know and hide from others what they say to each other.</summary>
public enum ClusterTls
{
    /// <summary>Not at all: whoever reaches the port is a node.</summary>
    Off,

    /// <summary>Both ends of a connection show a certificate of the cluster's authority.</summary>
    Mutual,
}
