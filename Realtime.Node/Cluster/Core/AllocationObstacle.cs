namespace Realtime.Node.Cluster.Core;

/// <summary>Why shards do not move.</summary>
internal enum AllocationObstacle
{
    None,

    /// <summary>There is no other node.</summary>
    OneNode,

    /// <summary>A node cannot be reached, or says nothing of itself.</summary>
    Unreachable,

    /// <summary>All nodes are drained, stopping or not heard yet.</summary>
    NoneTakes,

    /// <summary>What moves could not be read back.</summary>
    StoreIsOut,
}
