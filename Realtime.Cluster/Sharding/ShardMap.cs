using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Sharding.Core;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>All shards of the cluster as this node sees them.</summary>
internal sealed class ShardMap(int count, ShardServices services, Staging staging)
{
    private readonly Shard[] _shards = [.. Enumerable.Range(0, count).Select(i => new Shard(new ShardId(i), services, new RouteLimits()))];

    public IReadOnlyList<Shard> All => _shards;

    public Shard this[ShardId shard] => _shards[shard.Value];

    public bool Has(ShardId shard) => shard.Value >= 0 && shard.Value < _shards.Length;

    public Shard Of(EntityAddress address) => _shards[ShardHash.Of(address, _shards.Length).Value];

    /// <summary>How many entities of a shard are in memory here.</summary>
    public (int Sessions, int Channels) ResidentOf(ShardId shard)
    {
        var counts = (Sessions: 0, Channels: 0);
        foreach (var entity in Has(shard) ? this[shard].Residents : [])
        {
            counts = entity.Kind is EntityKind.Session ? (counts.Sessions + 1, counts.Channels) : (counts.Sessions, counts.Channels + 1);
        }

        return counts;
    }

    /// <summary>Brings shards up to rows of the view.</summary>
    /// <param name="before">Null: this node has just joined and knew nothing.</param>
    public OwnerChanges Apply(IEnumerable<ShardRow> rows, ClusterView? before)
    {
        var changes = new OwnerChanges([], [], []);
        foreach (var row in rows)
        {
            // One step from owner to owner is a hand-off: the new owner knows what the old one knew.
            var handedOver = before is not null && !before[row.Shard].Owner.IsNone && !row.Owner.IsNone && row.Epoch == before[row.Shard].Epoch + 1;
            var mine = row.Owner == services.Self;
            var imports = mine ? staging.Take(row) : null;
            this[row.Shard].Follow(row, imports);
            changes.All.Add(row.Shard);
            if (!handedOver && !row.Owner.IsNone)
            {
                changes.Forgotten.Add(row.Shard);
            }

            if (mine && imports is null)
            {
                changes.Adopted.Add(row.Shard);
            }
        }

        return changes;
    }

    /// <summary>Tells the entities that announce themselves to others.</summary>
    public void TellFollowers(Entity.OwnersMoved moved)
    {
        foreach (var entity in _shards.SelectMany(shard => shard.Entities))
        {
            if (services.Kinds[entity.Address.Kind].FollowsOwners)
            {
                entity.Tell(new EntityInput(moved));
            }
        }
    }

    public void LookAtAll()
    {
        foreach (var shard in _shards)
        {
            shard.Look();
        }
    }

    public void Reset(Incarnation peer)
    {
        foreach (var shard in _shards)
        {
            shard.Reset(peer);
        }
    }

    public void Tick()
    {
        foreach (var shard in _shards)
        {
            shard.Tick();
        }
    }
}
