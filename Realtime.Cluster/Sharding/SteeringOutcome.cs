namespace Realtime.Cluster.Sharding;

/// <summary>What became of what an operator wanted.</summary>
public enum SteeringOutcome
{
    Done,

    /// <summary>There is no such node or shard.</summary>
    Unknown,

    /// <summary>It exists, and in this state it cannot be done.</summary>
    Refused,

    /// <summary>The store or a node that has to take part does not answer. Nothing was done.</summary>
    Unavailable,

    /// <summary>The same, and nobody can say whether it was done: look before you try again.</summary>
    Unclear,
}
