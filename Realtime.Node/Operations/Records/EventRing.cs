using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Persistence.Store;
using NodeStatus = Realtime.Cluster.Journal.NodeStatus;

namespace Realtime.Node.Operations.Records;

/// <summary>What happened in the cluster as this node saw it, the last thousand.</summary>
internal sealed class EventRing(TimeProvider time)
{
    public const int Kept = 1000;
    private readonly NumberedRing<ClusterEvent> _events = new(Kept);

    /// <summary>Begins to listen; once, before the node joins.</summary>
    public void Follow(ICluster cluster, IClusterSteering steering)
    {
        steering.ViewChanged += Saw;
        steering.LinkChanged += (peer, up) => Add(up ? "link-up" : "link-down", peer, up ? $"{peer} can be reached." : $"{peer} cannot be reached.");
        cluster.StandingChanged += standing => Add("standing", cluster.Self, Meaning(standing));
    }

    public void Add(string what, NodeId? node, string text)
    {
        var now = time.GetUtcNow();
        _events.Add(number => new ClusterEvent(number, now, what, node?.Name, text));
    }

    public EventPage Read(long? after, int limit)
    {
        var page = _events.Read(after, limit, static _ => true);
        return new EventPage(page.Entries, page.Next, page.Missed);
    }

    private void Saw(ViewChange change)
    {
        foreach (var node in change.After.Nodes)
        {
            var name = node.Profile.Name;
            switch (change.Before.Find(node.Incarnation))
            {
                case null:
                    Add("joined", name, $"{name} joined as {node.Incarnation.Value}.");
                    break;
                case { Status: var before } when before != node.Status:
                    Add(node.Status is NodeStatus.Draining ? "draining" : "active", name, node.Status is NodeStatus.Draining ? $"{name} gives its shards away." : $"{name} takes shards again.");
                    break;
                default:
                    break;
            }
        }

        foreach (var gone in change.Before.Nodes.Where(node => change.After.Find(node.Incarnation) is null))
        {
            // Whoever leaves drains first; whoever was active a moment ago did not mean to go.
            var left = gone.Status is NodeStatus.Draining;
            Add(left ? "left" : "evicted", gone.Profile.Name, left ? $"{gone.Profile.Name} left." : $"{gone.Profile.Name} was declared dead.");
        }

        foreach (var group in change.Shards.GroupBy(shard => (From: Name(change.Before, shard), To: Name(change.After, shard))).Where(group => group.Key.From != group.Key.To))
        {
            var count = group.Count();
            Add("shards-moved", group.Key.To is { } to ? new NodeId(to) : null, $"{count} {(count == 1 ? "shard" : "shards")}: {group.Key.From ?? "nobody"} → {group.Key.To ?? "nobody"}.");
        }
    }

    private static string? Name(ClusterView view, ShardId shard) => view.OwnerOf(shard)?.Profile.Name.Name;

    private static string Meaning(Standing standing) => standing switch
    {
        Standing.Sure => "This node is sure of what it owns.",
        Standing.Unsure => "This node's lease is old; requests wait.",
        Standing.Frozen => "Nobody can reach the store; what needs no store goes on.",
        Standing.Out => "This node owns nothing any more: others can commit and it cannot.",
        _ => throw new ArgumentOutOfRangeException(nameof(standing), standing, "There is no such standing."),
    };
}
