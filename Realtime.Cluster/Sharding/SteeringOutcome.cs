namespace Realtime.Cluster.Sharding;

/// <summary>What became of what an operator wanted.</summary>
public enum SteeringOutcome
{
    Done,

    /// <summary>There is no such node or shard.</summary>
    Unknown,

    /// <summary>It exists, and in this state it cannot be done.</summary>
    Refused,

    /// <summary>The store or a node that has to take part does not answer. The message says whether it may have been done.</summary>
    Unavailable,
}
