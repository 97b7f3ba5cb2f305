using Realtime.Cluster.Journal;

namespace Realtime.Cluster.Membership.Core;

/// <summary>What a joiner does next.</summary>
internal abstract record JoinStep
{
    private JoinStep()
    {
    }

    /// <summary>Look again in a while.</summary>
    public sealed record Wait : JoinStep
    {
        public static Wait Instance { get; } = new();
    }

    /// <param name="Seen">Who had the name and is dead; null: nobody.</param>
    public sealed record TakeOver(NodeRow? Seen) : JoinStep;

    public sealed record InUse(NodeRow By) : JoinStep;
}
