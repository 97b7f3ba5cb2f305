using System.Buffers;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Links;
using Realtime.Cluster.Membership;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>
/// What other nodes have sent of entities that are about to be handed to this node. It counts only for the very change of owner it was
/// sent for: from that node, at the next epoch. Anything else is dropped, and the entities load from the store.
/// </summary>
internal sealed class Staging
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(Incarnation From, long HandOff), Delivery> _deliveries = [];
    private readonly Dictionary<ShardId, Staged> _staged = [];

    public void Add(Incarnation from, LinkFrame.Stage part)
    {
        lock (_gate)
        {
            if (!_deliveries.TryGetValue((from, part.HandOff), out var delivery))
            {
                _deliveries.Add((from, part.HandOff), delivery = new Delivery());
            }

            delivery.Add(part);
        }
    }

    /// <summary>Everything has been sent.</summary>
    /// <param name="view">Who owns the shards now: the sender, or the hand-off cannot be one.</param>
    /// <returns>How many entities have come whole; −1 when this is not the sender's to give, as far as this node knows.</returns>
    public int End(Incarnation from, LinkFrame.StageEnd end, ClusterView view)
    {
        lock (_gate)
        {
            _deliveries.Remove((from, end.HandOff), out var delivery);
            var rows = end.Shards.Select(shard => view[shard]).ToArray();
            if (rows.Any(row => row.Owner != from))
            {
                return -1;
            }

            var entities = (delivery?.Whole ?? []).ToLookup(entity => view.ShardOf(entity.Key));
            foreach (var row in rows)
            {
                _staged[row.Shard] = new Staged(from, row.Epoch, end.HandOff, [.. entities[row.Shard]]);
            }

            return rows.Sum(row => _staged[row.Shard].Entities.Count);
        }
    }

    public void Drop(Incarnation from, long handOff)
    {
        lock (_gate)
        {
            _deliveries.Remove((from, handOff));
            Remove(staged => staged.From == from && staged.HandOff == handOff);
        }
    }

    /// <summary>That node is gone, or its link was lost and with it who knows what.</summary>
    public void Forget(Incarnation from)
    {
        lock (_gate)
        {
            foreach (var key in _deliveries.Keys.Where(key => key.From == from).ToArray())
            {
                _deliveries.Remove(key);
            }
        }
    }

    /// <summary>This node owns the shard now, at this epoch: what was sent for that.</summary>
    /// <returns>Null: nothing was; whoever had it did not hand it off.</returns>
    public IReadOnlyList<KeyValuePair<EntityAddress, ReadOnlyMemory<byte>>>? Take(ShardRow row)
    {
        lock (_gate)
        {
            return _staged.Remove(row.Shard, out var staged) && staged.Epoch + 1 == row.Epoch ? staged.Entities : null;
        }
    }

    private void Remove(Func<Staged, bool> which)
    {
        foreach (var shard in _staged.Where(entry => which(entry.Value)).Select(entry => entry.Key).ToArray())
        {
            _staged.Remove(shard);
        }
    }

    private sealed record Staged(
        Incarnation From, long Epoch, long HandOff, IReadOnlyList<KeyValuePair<EntityAddress, ReadOnlyMemory<byte>>> Entities);

    private sealed class Delivery
    {
        private readonly Dictionary<EntityAddress, ArrayBufferWriter<byte>> _parts = [];

        public List<KeyValuePair<EntityAddress, ReadOnlyMemory<byte>>> Whole { get; } = [];

        public void Add(LinkFrame.Stage part)
        {
            if (!_parts.TryGetValue(part.Entity, out var state))
            {
                _parts.Add(part.Entity, state = new ArrayBufferWriter<byte>());
            }

            state.Write(part.State.Span);
            if (part.Last)
            {
                _parts.Remove(part.Entity);
                Whole.Add(KeyValuePair.Create(part.Entity, state.WrittenMemory));
            }
        }
    }
}
