using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Node.Connections;

/// <summary>
/// Tells every other node what this one listens to in the shards it owns, also that it is nothing: an owner that believes otherwise
/// would keep a channel in memory for ever.
/// </summary>
internal static class RelayDigest
{
    public static void Send(ICluster cluster, IEnumerable<ChannelFeed> feeds)
    {
        var view = cluster.View;
        if (view.Nodes.All(node => node.Profile.Name == cluster.Self))
        {
            return;
        }

        var shards = new Dictionary<ShardId, ShardInterest>();
        foreach (var feed in feeds)
        {
            if (feed.Interest.Generation is { } generation)
            {
                var shard = feed.Interest.ShardOf(view);
                var known = shards.GetValueOrDefault(shard, new ShardInterest(shard, 0, 0));
                shards[shard] = known with
                {
                    Count = known.Count + 1, Hash = known.Hash ^ ShardInterest.HashOf(feed.Interest.Hash, generation),
                };
            }
        }

        var byOwner = shards.Values.ToLookup(interest => view.OwnerOf(interest.Shard)?.Profile.Name);
        foreach (var node in view.Nodes)
        {
            if (node.Profile.Name != cluster.Self)
            {
                cluster.TellNode(node.Profile.Name, new InterestNews.Digest(cluster.Self, [.. byOwner[node.Profile.Name]]));
            }
        }
    }
}
