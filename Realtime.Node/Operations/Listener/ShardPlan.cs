using Realtime.Cluster.Membership.Core;
using Realtime.Messages.Ids;

namespace Realtime.Node.Operations.Listener;

/// <summary>Where shards belong, worked out anew only when those who take shards have changed. For any number of askers at a time.</summary>
public sealed class ShardPlan
{
    private Placement? _last;

    /// <summary>Null while no node takes shards.</summary>
    public string? OwnerOf(ClusterView view, ShardId shard)
    {
        var plan = Volatile.Read(ref _last)?.For(view) ?? Placement.Of(view);
        Volatile.Write(ref _last, plan);
        return view.Find(plan.TargetOf(shard))?.Profile.Name.Name;
    }
}
