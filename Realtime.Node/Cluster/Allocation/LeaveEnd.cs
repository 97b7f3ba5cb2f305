namespace Realtime.Node.Cluster.Allocation;

/// <summary>How it ended that a node gave its shards away.</summary>
public enum LeaveEnd
{
    /// <summary>It holds none.</summary>
    Empty,

    /// <summary>No other node takes shards.</summary>
    NoOtherNode,

    /// <summary>The time was over before.</summary>
    Deadline,
}
