namespace Realtime.Node.Gateway.Core;

/// <summary>How fast connections are asked to go elsewhere.</summary>
internal sealed record MovePolicy
{
    /// <summary>
    /// How long a session has to live elsewhere before its client is asked to follow, milliseconds: while nodes are restarted one after the other, shards come and go, and each
    /// client is to be moved once per node at most.
    /// </summary>
    public long Settle { get; init; } = 120_000;

    /// <summary>Share of the node's connections that are moved per second to bring them to their sessions: nobody waits for it.</summary>
    public double RebalanceShare { get; init; } = 0.01;

    /// <summary>Per second, whatever the share is.</summary>
    public double RebalanceLeast { get; init; } = 10;

    public double RebalanceMost { get; init; } = 200;

    /// <summary>Part of the drain window in which notices go out; the rest is for those who follow late.</summary>
    public double DrainPart { get; init; } = 0.7;

    /// <summary>Returning clients that one peer lets in per second.</summary>
    public double PeerRate { get; init; } = 10_000;

    /// <summary>The client goes at a random moment within this, milliseconds.</summary>
    public int Within { get; init; } = 1_000;

    /// <summary>How long after that it may take before it is asked again, milliseconds.</summary>
    public int Margin { get; init; } = 10_000;

    /// <summary>How often one connection is asked.</summary>
    public int Attempts { get; init; } = 3;
}
