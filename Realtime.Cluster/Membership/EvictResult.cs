namespace Realtime.Cluster.Membership;

/// <summary>What became of an eviction that somebody asked for.</summary>
public enum EvictResult
{
    Evicted,

    /// <summary>Its counter moves.</summary>
    Alive,

    /// <summary>It is no member any more.</summary>
    Gone,

    /// <summary>This node's own lease is too old to judge others by.</summary>
    Unsure,
}
