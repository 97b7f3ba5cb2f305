using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Realtime.Cluster.Journal;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Membership;

/// <summary>
/// Who is in the cluster and who owns which shard, at a version that only grows. Immutable: a new one for every change. What it says may be
/// out of date by the time it is read; that costs a detour and never a message, because the owner checks for itself.
/// </summary>
public sealed class ClusterView
{
    private readonly ImmutableArray<ShardRow> _shards;
    private readonly FrozenDictionary<Incarnation, NodeRow> _byIncarnation;
    private readonly FrozenDictionary<NodeId, NodeRow> _byName;

    private ClusterView(long version, long storeEpoch, ImmutableArray<NodeRow> nodes, ImmutableArray<ShardRow> shards)
    {
        Version = version;
        StoreEpoch = storeEpoch;
        Nodes = nodes;
        _shards = shards;
        _byIncarnation = nodes.ToFrozenDictionary(node => node.Incarnation);
        _byName = nodes.ToFrozenDictionary(node => node.Profile.Name);
    }

    public long Version { get; }

    public long StoreEpoch { get; }

    /// <summary>All nodes that are not dead, ordered by incarnation.</summary>
    public ImmutableArray<NodeRow> Nodes { get; }

    public int ShardCount => _shards.Length;

    public ImmutableArray<ShardRow> Shards => _shards;

    public ShardRow this[ShardId shard] => _shards[shard.Value];

    public static ClusterView Of(ViewDelta whole)
    {
        var shards = new ShardRow[whole.ShardCount];
        for (var i = 0; i < shards.Length; i++)
        {
            shards[i] = new ShardRow(new ShardId(i), 0, default);
        }

        foreach (var row in whole.Shards)
        {
            shards[row.Shard.Value] = row;
        }

        return new ClusterView(whole.Version, whole.StoreEpoch, [.. whole.Nodes], ImmutableCollectionsMarshal.AsImmutableArray(shards));
    }

    /// <summary>The view of a node that is a cluster by itself: one shard, owned for ever.</summary>
    public static ClusterView Alone(NodeId self) => Of(new ViewDelta(
        1, 1, 1,
        [new NodeRow(new Incarnation(1), new NodeProfile(self, default, "", null, null, 1, 1), NodeStatus.Active, 0, 0)],
        [new ShardRow(new ShardId(0), 1, new Incarnation(1))]));

    /// <summary>The view after a change; rows with an older epoch than is known are left out, so that changes may come in any order.</summary>
    public ClusterView With(ViewDelta delta)
    {
        if (delta.Version < Version)
        {
            return With(delta.Shards);
        }

        return new ClusterView(delta.Version, delta.StoreEpoch, [.. delta.Nodes], Merge(delta.Shards));
    }

    /// <summary>Learns of new owners ahead of the version that will confirm them.</summary>
    public ClusterView With(IReadOnlyList<ShardRow> shards) => new(Version, StoreEpoch, Nodes, Merge(shards));

    public NodeRow? Find(Incarnation incarnation) => _byIncarnation.GetValueOrDefault(incarnation);

    public NodeRow? Find(NodeId name) => _byName.GetValueOrDefault(name);

    public ShardId ShardOf(EntityAddress address) => ShardHash.Of(address, ShardCount);

    /// <summary>Null while nobody alive owns it.</summary>
    public NodeRow? OwnerOf(ShardId shard) => Find(_shards[shard.Value].Owner);

    private ImmutableArray<ShardRow> Merge(IReadOnlyList<ShardRow> rows)
    {
        if (rows.Count == 0)
        {
            return _shards;
        }

        var shards = _shards.ToArray();
        foreach (var row in rows)
        {
            if (row.Epoch >= shards[row.Shard.Value].Epoch)
            {
                shards[row.Shard.Value] = row;
            }
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(shards);
    }
}
