namespace Realtime.Messages.Cluster;

/// <summary>What became of a wish of an operator. The numbers travel between nodes.</summary>
public enum PlanAnswer
{
    /// <summary>It is written at most of the nodes, or was so before. What it asks for begins within a second.</summary>
    Accepted = 1,

    /// <summary>Most of the nodes did not confirm it in time. It may take effect all the same; to ask again does no harm.</summary>
    Unavailable = 2,

    /// <summary>The cluster has no member of this name.</summary>
    UnknownNode = 3,

    /// <summary>No other node would take shards.</summary>
    LastNode = 4,

    /// <summary>The target of a move is being drained, is stopping or cannot be reached.</summary>
    TargetTakesNone = 5,
}
