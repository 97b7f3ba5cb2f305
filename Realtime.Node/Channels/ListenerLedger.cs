using Realtime.Cluster.Journal;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Node.Channels;

/// <summary>
/// Which node listens to which channels of the shards owned here, as the channels know it, held against what the nodes' relays say of
/// themselves every few seconds. Whatever was lost between them, a link's last words or a listener of a node's former life, shows here.
/// </summary>
/// <remarks>
/// Announcements and digests come on different ways, so a difference may be one that is just being made good: only a difference that stood
/// still from one digest to the next counts at once, a moving one after <see cref="MostStrikes"/>.
/// </remarks>
internal sealed class ListenerLedger(ICluster cluster, ChannelLogging log) : INodeReceiver
{
    /// <summary>Digests in a row that may differ because interest keeps changing.</summary>
    public const int MostStrikes = 6;

    private readonly Lock _gate = new();
    private readonly Dictionary<NodeId, Dictionary<ShardId, Interest>> _nodes = [];

    /// <param name="fence">The shard of the channel; on a single node there is none, and nobody to disagree with.</param>
    /// <param name="generation">Null: the node does not listen any more.</param>
    public void Note(ShardFence? fence, ChannelName channel, NodeId node, long? generation)
    {
        if (fence is not { Shard: var shard })
        {
            return;
        }

        lock (_gate)
        {
            if (generation is { } listening)
            {
                Of(node, shard).Set(channel, listening);
            }
            else if (_nodes.TryGetValue(node, out var shards) && shards.TryGetValue(shard, out var interest))
            {
                interest.Remove(channel);
                if (interest.Count == 0)
                {
                    shards.Remove(shard);
                }

                if (shards.Count == 0)
                {
                    _nodes.Remove(node);
                }
            }
        }
    }

    public void OnNodeMessage(NodeMessage message)
    {
        if (message is not InterestNews.Digest digest)
        {
            return;
        }

        var broken = new List<ShardId>();
        var dropped = new List<(ChannelName Channel, long Generation)>();
        lock (_gate)
        {
            var said = digest.Shards.ToDictionary(interest => interest.Shard);
            var known = _nodes.GetValueOrDefault(digest.From);
            foreach (var shard in said.Keys.Union(known?.Keys ?? Enumerable.Empty<ShardId>()).Where(IsOwned).ToList())
            {
                var interest = Of(digest.From, shard);
                if (interest.IsBroken(said.GetValueOrDefault(shard, new ShardInterest(shard, 0, 0))))
                {
                    broken.Add(shard);
                    dropped.AddRange(interest.Channels);
                }
            }

            Tidy(digest.From);
        }

        if (broken.Count > 0)
        {
            Repair(digest.From, broken, dropped);
        }
    }

    /// <summary>
    /// What is known is let go of, in case that the relay never listened to it, and whatever the relay does listen to it says again. It
    /// misses nothing by that: the answer tells it where the log ends.
    /// </summary>
    private void Repair(NodeId node, List<ShardId> shards, List<(ChannelName Channel, long Generation)> dropped)
    {
        log.ListenersDisagree(node, shards.Count);
        foreach (var (channel, generation) in dropped)
        {
            cluster.Tell(EntityAddress.Of(channel), new ChannelRequest.Unlisten(node, generation));
        }

        cluster.TellNode(node, new InterestNews.AnnounceAgain(shards));
    }

    /// <summary>A relay whose view is older asks the wrong node; it will hear of the right one.</summary>
    private bool IsOwned(ShardId shard)
    {
        var view = cluster.View;
        return shard.Value >= 0 && shard.Value < view.ShardCount && view.OwnerOf(shard)?.Profile.Name == cluster.Self;
    }

    private Interest Of(NodeId node, ShardId shard)
    {
        if (!_nodes.TryGetValue(node, out var shards))
        {
            _nodes.Add(node, shards = []);
        }

        if (!shards.TryGetValue(shard, out var interest))
        {
            shards.Add(shard, interest = new Interest());
        }

        return interest;
    }

    /// <summary>Takes out what was made only to compare with and does not differ.</summary>
    private void Tidy(NodeId node)
    {
        if (!_nodes.TryGetValue(node, out var shards))
        {
            return;
        }

        foreach (var (shard, interest) in shards)
        {
            if (interest is { Count: 0, Strikes: 0 })
            {
                shards.Remove(shard);
            }
        }

        if (shards.Count == 0)
        {
            _nodes.Remove(node);
        }
    }

    private sealed class Interest
    {
        private readonly Dictionary<ChannelName, long> _channels = [];
        private ulong _hash;
        private (ShardInterest Said, int Count, ulong Hash) _last;

        public int Count => _channels.Count;

        public int Strikes { get; private set; }

        public IEnumerable<(ChannelName Channel, long Generation)> Channels => _channels.Select(entry => (entry.Key, entry.Value));

        public void Set(ChannelName channel, long generation)
        {
            Remove(channel);
            _channels.Add(channel, generation);
            _hash ^= ShardInterest.HashOf(ShardHash.Hash(EntityAddress.Of(channel)), generation);
        }

        public void Remove(ChannelName channel)
        {
            if (_channels.Remove(channel, out var generation))
            {
                _hash ^= ShardInterest.HashOf(ShardHash.Hash(EntityAddress.Of(channel)), generation);
            }
        }

        public bool IsBroken(ShardInterest said)
        {
            if (said.Count == Count && said.Hash == _hash)
            {
                Strikes = 0;
                return false;
            }

            var stoodStill = Strikes > 0 && _last == (said, Count, _hash);
            _last = (said, Count, _hash);
            Strikes++;
            if (!stoodStill && Strikes < MostStrikes)
            {
                return false;
            }

            Strikes = 0;
            return true;
        }
    }
}
