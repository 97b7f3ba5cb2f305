using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;

namespace Realtime.Node.Cluster.Core;

/// <summary>A member of the cluster as one node sees it. Immutable.</summary>
/// <param name="Key">Who it is for the actor system.</param>
/// <param name="Age">Orders members: the smallest number has been a member for the longest time.</param>
/// <param name="IsReachable">For all members that this node hears of.</param>
/// <param name="HoldsShards">By its role; a lighthouse does not.</param>
/// <param name="Row">What it said of itself last. Null: nothing yet, or another member has taken its name.</param>
/// <param name="IsDrained">By an operator.</param>
/// <param name="IsStopping">Its process is about to end.</param>
public sealed record MemberSnapshot(
    MemberKey Key,
    int Age,
    MemberStanding Standing,
    bool IsReachable,
    bool HoldsShards,
    ClusterNews.NodeRow? Row,
    bool IsDrained,
    bool IsStopping)
{
    public NodeId? Node => Row?.Node;

    public Incarnation Incarnation => Row?.Incarnation ?? default;

    /// <summary>It gives its shards away, for whatever reason.</summary>
    public bool IsDraining => IsDrained || IsStopping || Row?.IsDraining == true || Standing is MemberStanding.Leaving;

    /// <summary>It is given shards.</summary>
    public bool TakesShards => Willingness is Willingness.Takes;

    internal Willingness Willingness => this switch
    {
        { HoldsShards: false } or { IsReachable: false } or { Standing: MemberStanding.Down } => Willingness.Unreachable,
        { Standing: MemberStanding.Leaving } or { IsStopping: true } => Willingness.Stopping,
        { Row: null } or { Standing: MemberStanding.Joining } => Willingness.Unheard,
        { IsDrained: true } => Willingness.Drained,
        _ => Willingness.Takes,
    };
}
