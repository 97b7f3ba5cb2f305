using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>Tells the shards of this node what a view has changed, and then everybody who may have something announced in those that changed.</summary>
internal sealed class OwnerNews(ShardMap shards, Action<OwnersChange> changed, Action<IReadOnlyCollection<ShardId>> adopted)
{
    public void Apply(ClusterView view, IEnumerable<ShardRow> rows, ClusterView? before)
    {
        var changes = shards.Apply(rows, before);
        var othersLive = before is null || !before.Nodes.Select(node => node.Incarnation).SequenceEqual(view.Nodes.Select(node => node.Incarnation));
        if (othersLive)
        {
            shards.LookAtAll();
        }

        if (changes.Adopted.Count > 0)
        {
            adopted(changes.Adopted);
        }

        Announce(view, changes.All, changes.Forgotten, othersLive);
    }

    /// <summary>Nobody has taken over from this node, but its entities were stopped and know nothing any more of who listened.</summary>
    public void AdoptAgain(ClusterView view, HashSet<ShardId> mine)
    {
        adopted(mine);
        Announce(view, mine, mine);
    }

    /// <param name="forgotten">Those whose owner does not know what the last one knew.</param>
    /// <param name="othersLive">Nodes have come or gone: one that owned nothing may have held connections that entities here wait for.</param>
    public void Announce(ClusterView view, HashSet<ShardId> which, HashSet<ShardId> forgotten, bool othersLive = false)
    {
        if (which.Count > 0)
        {
            changed(new OwnersChange(view, which));
        }

        if (forgotten.Count > 0 || othersLive)
        {
            shards.TellFollowers(new Entity.OwnersMoved(new OwnersChange(view, forgotten)));
        }
    }
}
