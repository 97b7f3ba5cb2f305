namespace Realtime.Node.Cluster.Core;

/// <summary>Whether a node is to be given shards: the less, the better.</summary>
internal enum Willingness
{
    Takes,

    /// <summary>A member that has not told yet who it is. It may be one that an operator drains.</summary>
    Unheard,

    /// <summary>An operator drains it.</summary>
    Drained,

    /// <summary>Its process is about to end, or it is leaving.</summary>
    Stopping,

    /// <summary>Cannot be reached, or is down.</summary>
    Unreachable,
}
