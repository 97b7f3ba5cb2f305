namespace Realtime.Node.Gateway.Core;

/// <summary>Which connections of a node have to go elsewhere.</summary>
public enum MoveMode
{
    /// <summary>Those whose session lives on another node.</summary>
    Rebalance = 1,

    /// <summary>All, by a deadline: this node stops.</summary>
    Drain = 2,
}
