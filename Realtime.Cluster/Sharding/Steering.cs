using Realtime.Cluster.Journal;
using Realtime.Cluster.Links;
using Realtime.Cluster.Membership;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>What operators may do to a node of a cluster: looks whether it can be done, and says why not.</summary>
internal sealed class Steering(
    NodeId self, ShardMap shards, IMembership membership, ILinks links, HandOffs handOffs, Rebalancing rebalancing, Holds holds)
{
    private const string NotAMember = "this node is not a member of the cluster at the moment";
    private const string Maybe = "the store does not answer. It may have been done: look before you try again.";

    private volatile bool _leaving;

    public IReadOnlyList<PeerLinkState> Links =>
    [
        .. membership.View.Nodes
            .Where(node => node.Profile.Name != self)
            .Select(node => new PeerLinkState(node.Profile.Name, links.IsUp(node.Incarnation), links.QueuedBytes(node.Incarnation))),
    ];

    private ClusterView View => membership.View;

    /// <summary>The process is about to end: nobody can talk it into taking shards again.</summary>
    public void BeginLeave() => _leaving = true;

    public NodeId? PlannedOwner(ShardId shard)
    {
        var view = View;
        return shards.Has(shard) ? view.Find(rebalancing.Planning(plan => plan.TargetOf(view, shard)))?.Profile.Name : null;
    }

    public async Task<SteeringResult> MoveAsync(ShardId shard, NodeId to, CancellationToken cancellation)
    {
        if (ObstacleTo(shard, to) is { } obstacle)
        {
            return obstacle;
        }

        if (View.Find(to) is not { } row)
        {
            return SteeringResult.Unknown($"There is no node {to} in the cluster.");
        }

        var errand = new Errand(shard, row.Incarnation, to, () => ObstacleTo(shard, to), cancellation);
        return rebalancing.TryAdd(errand)
            ? await errand.Done.Task.WaitAsync(cancellation).ConfigureAwait(false)
            : SteeringResult.Refused($"Shard {shard.Value} is about to be moved already, or this node is stopping.");
    }

    public SteeringResult RebalanceNow()
    {
        rebalancing.LetGo();
        return SteeringResult.Done(rebalancing.PausedFor is { } pause
            ? $"Node {self} holds nothing any more; its moves are paused for {pause.TotalSeconds:F0} s."
            : $"Node {self} holds nothing any more and hands off what belongs elsewhere.");
    }

    public SteeringResult PauseMoves(TimeSpan time)
    {
        if (time <= TimeSpan.Zero)
        {
            return SteeringResult.Refused("A pause has to last for some time.");
        }

        rebalancing.Pause(time);
        return SteeringResult.Done($"Node {self} starts no move for balance for {time.TotalSeconds:F0} s.");
    }

    public SteeringResult ResumeMoves()
    {
        rebalancing.Resume();
        return SteeringResult.Done($"Node {self} moves shards again.");
    }

    public async Task<SteeringResult> DrainAsync(CancellationToken cancellation)
    {
        if (_leaving)
        {
            return SteeringResult.Refused($"Node {self} is stopping: it drains, and is gone then.");
        }

        try
        {
            switch (await membership.DrainUnlessLastAsync(cancellation).ConfigureAwait(false))
            {
                case DrainResult.Draining:
                    holds.LetGo();
                    rebalancing.Wake();
                    return SteeringResult.Done($"Node {self} drains.");
                case DrainResult.Last:
                    return SteeringResult.Refused($"Node {self} is the last that takes shards: nobody could take its own. Start or undrain another one first.");
                default:
                    return SteeringResult.Unavailable($"Node {self} was not drained: {NotAMember}.");
            }
        }
        catch (StoreUnavailableException)
        {
            return SteeringResult.Unclear($"Node {self} could not be drained: {Maybe}");
        }
    }

    public async Task<SteeringResult> UndrainAsync(CancellationToken cancellation)
    {
        try
        {
            if (_leaving || !await membership.UndrainAsync(cancellation).ConfigureAwait(false))
            {
                return SteeringResult.Refused($"Node {self} is stopping, and cannot be kept from it.");
            }
        }
        catch (StoreUnavailableException)
        {
            return SteeringResult.Unclear($"Node {self} could not be told to take shards: {Maybe}");
        }

        rebalancing.Fill();
        return SteeringResult.Done($"Node {self} takes shards.");
    }

    public async Task<SteeringResult> EvictAsync(NodeId node, bool force, CancellationToken cancellation)
    {
        if (node == self)
        {
            return SteeringResult.Refused($"Node {self} does not evict itself: let it leave, or ask another node.");
        }

        if (View.Find(node) is not { } row)
        {
            return SteeringResult.Unknown($"There is no node {node} in the cluster.");
        }

        try
        {
            return await membership.EvictAsync(row.Incarnation, force, cancellation).ConfigureAwait(false) switch
            {
                EvictResult.Evicted => SteeringResult.Done($"Node {node}, incarnation {row.Incarnation}, was declared dead."),
                EvictResult.Gone => SteeringResult.Done($"Node {node}, incarnation {row.Incarnation}, was gone already."),
                EvictResult.Unsure => SteeringResult.Unavailable($"Node {node} was not evicted: node {self} is not sure of its own lease at the moment."),
                _ => SteeringResult.Refused($"Node {node} is alive: its heartbeat moves. Drain it, or evict it by force."),
            };
        }
        catch (StoreUnavailableException)
        {
            return SteeringResult.Unclear($"Node {node} could not be evicted: {Maybe}");
        }
    }

    /// <returns>Null: the shard can be handed to that node now.</returns>
    private SteeringResult? ObstacleTo(ShardId shard, NodeId to)
    {
        var view = View;
        if (!shards.Has(shard))
        {
            return SteeringResult.Unknown($"There is no shard {shard.Value}: the cluster has {view.ShardCount}, from 0.");
        }

        if (membership.Standing is not Standing.Sure)
        {
            return SteeringResult.Unavailable($"Node {self} is {membership.Standing} of what it owns: its lease could not be renewed in time. Nothing was done.");
        }

        if (view[shard].Owner != membership.Self)
        {
            return view.OwnerOf(shard) is { } owner
                ? SteeringResult.Refused($"Shard {shard.Value} is owned by {owner.Profile.Name}, not by {self}.") with { Owner = owner.Profile.Name }
                : SteeringResult.Refused($"Nobody owns shard {shard.Value} just now: it is about to be taken.");
        }

        if (to == self)
        {
            return SteeringResult.Refused($"Shard {shard.Value} is on {self} already.");
        }

        if (view.Find(to) is not { } target)
        {
            return SteeringResult.Unknown($"There is no node {to} in the cluster.");
        }

        return target.Status != NodeStatus.Active ? SteeringResult.Refused($"Node {to} drains and takes no shards.")
            : handOffs.MovingTo(shard) is { } other ? SteeringResult.Refused($"Shard {shard.Value} is on its way to {other} already.")
            : !links.IsUp(target.Incarnation) ? SteeringResult.Unavailable($"There is no link from {self} to {to} just now. Nothing was done.")
            : null;
    }
}
