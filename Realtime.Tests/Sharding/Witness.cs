using System.Collections.Concurrent;
using Realtime.Cluster.Journal;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Sharding;

/// <summary>Sees what every entity of every node handles, in order.</summary>
internal sealed class Witness
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(EntityAddress, ProducerId), List<long>> _handled = [];
    private readonly Dictionary<(ShardId, long), Incarnation> _owners = [];

    /// <summary>Two nodes served a shard at one epoch.</summary>
    public bool SawTwoOwners { get; private set; }

    /// <summary>Connections that asked an entity to be attached, and were handled.</summary>
    public ConcurrentQueue<ConnectionId> Attached { get; } = new();

    /// <summary>What the store would say of a fence; entities ask before they do anything.</summary>
    public Func<ShardFence, bool> IsFenced { get; set; } = _ => false;

    /// <summary>Entities that are told to hand off wait for this first.</summary>
    public Func<EntityAddress, Task> MayHandOff { get; set; } = _ => Task.CompletedTask;

    public void Handled(EntityAddress address, ProducerId producer, long sequence, ShardFence right)
    {
        lock (_gate)
        {
            if (!_handled.TryGetValue((address, producer), out var list))
            {
                _handled.Add((address, producer), list = []);
            }

            list.Add(sequence);
            SawTwoOwners |= _owners.TryGetValue((right.Shard, right.Epoch), out var owner) && owner != right.Owner;
            _owners[(right.Shard, right.Epoch)] = right.Owner;
        }
    }

    public IReadOnlyList<long> Of(EntityAddress address, ProducerId producer)
    {
        lock (_gate)
        {
            return _handled.TryGetValue((address, producer), out var list) ? [.. list] : [];
        }
    }
}
