namespace Realtime.Bench.Churn;

/// <summary>How a session whose connection was cut finds a node again.</summary>
internal enum WayBack
{
    /// <summary>Through something that knows the nodes: any of them, and the next one at once when that refuses.</summary>
    Balancer,

    /// <summary>By the protocol's rule 10: its configured address and, while that does not answer, the others of its welcome in turn with it.</summary>
    Addresses,

    /// <summary>It asks a lighthouse where to connect, and when that place does not work goes to its configured address at once.</summary>
    Gateway,
}
