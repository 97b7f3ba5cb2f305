namespace Realtime.Node.Cluster.Core;

/// <summary>What a node that is in no cluster does next.</summary>
internal abstract record JoinStep
{
    private JoinStep()
    {
    }

    /// <summary>Until rows tell more.</summary>
    public sealed record Wait : JoinStep;

    /// <summary>Whichever answers first.</summary>
    public sealed record Join(IReadOnlyList<string> Addresses) : JoinStep;

    /// <summary>If nobody else does it first.</summary>
    public sealed record Found : JoinStep;
}
