namespace Realtime.Cluster.Journal;

/// <summary>Where a node is in its life; the numbers are stored.</summary>
public enum NodeStatus
{
    Active = 2,

    /// <summary>Gives its shards away and takes none; still alive.</summary>
    Draining = 3,

    /// <summary>Left, or declared dead by a peer. Final for this incarnation.</summary>
    Dead = 4,
}
