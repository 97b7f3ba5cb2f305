using System.Collections.Concurrent;
using Realtime.Messages.Entities;

namespace Realtime.Cluster.Sharding;

/// <summary>
/// The entities of one shard in memory. They come to life on their first message; when one stops, by itself or by a failure, the next
/// message makes a new one, which loads what was committed. Once closed it takes no more messages, and reports when it is empty.
/// </summary>
/// <param name="emptied">Called once, when the last entity has stopped after <see cref="Close"/>.</param>
internal sealed class EntityRegion(
    IReadOnlyDictionary<EntityKind, IEntityKind> kinds, IEntityHost host, Action<RegionRemains> emptied)
{
    private readonly ConcurrentDictionary<EntityAddress, Entity> _entities = new(1, 4);

    /// <summary>Guards which entity an address has, and what came for one that has stopped and is not released yet.</summary>
    private readonly Lock _changes = new();
    private readonly Dictionary<Entity, List<EntityInput>> _late = [];
    private readonly List<KeyValuePair<EntityAddress, EntityInput>> _unhandled = [];
    private readonly List<KeyValuePair<EntityAddress, ReadOnlyMemory<byte>>> _exports = [];
    private object? _closing;

    public int Count => _entities.Count;

    public IEnumerable<Entity> Entities => _entities.Values;

    /// <summary>Of the entities there are, while they come and go: takes no lock and no copy.</summary>
    public IEnumerable<EntityAddress> Addresses => _entities.Select(static entry => entry.Key);

    /// <returns>False: the region is closed, and no entity of it takes the message.</returns>
    public bool TryDeliver(EntityAddress to, EntityInput input)
    {
        if (_entities.TryGetValue(to, out var entity) && entity.Tell(input))
        {
            return true;
        }

        lock (_changes)
        {
            if (_entities.TryGetValue(to, out entity))
            {
                if (!entity.Tell(input))
                {
                    WaitForRelease(entity, input);
                }

                return true;
            }

            if (_closing is not null)
            {
                return false;
            }

            Replace(to, [input], null);
            return true;
        }
    }

    /// <summary>Brings an entity to life with what its predecessor on another node exported.</summary>
    public void Adopt(EntityAddress address, ReadOnlyMemory<byte> import)
    {
        lock (_changes)
        {
            Replace(address, [], import);
        }
    }

    /// <summary>Takes no more entities and tells those there are to stop.</summary>
    /// <param name="signal"><see cref="Entity.Leave"/>, <see cref="Entity.HandOff"/> or <see cref="Entity.Lost"/>. A second call overrides the first.</param>
    public void Close(object signal)
    {
        bool empty;
        lock (_changes)
        {
            empty = _closing is null && _entities.IsEmpty;
            _closing = signal;
        }

        foreach (var (_, entity) in _entities)
        {
            entity.Tell(new EntityInput(signal));
        }

        if (empty)
        {
            emptied(new RegionRemains(_unhandled, _exports));
        }
    }

    public void Released(EntityAddress address, Entity entity, IReadOnlyList<EntityInput> undelivered, ReadOnlyMemory<byte>? export)
    {
        bool empty;
        kinds[address.Kind].Count(-1);
        lock (_changes)
        {
            IEnumerable<EntityInput> rest = undelivered;
            if (_late.Remove(entity, out var late))
            {
                rest = rest.Concat(late);
            }

            if (_closing is not null)
            {
                _entities.TryRemove(KeyValuePair.Create(address, entity));
                _unhandled.AddRange(rest.Select(input => KeyValuePair.Create(address, input)));
                if (export is { } state)
                {
                    _exports.Add(KeyValuePair.Create(address, state));
                }
            }
            else if (rest.Any())
            {
                Replace(address, rest, null);
            }
            else
            {
                _entities.TryRemove(KeyValuePair.Create(address, entity));
            }

            empty = _closing is not null && _entities.IsEmpty;
        }

        if (empty)
        {
            emptied(new RegionRemains(_unhandled, _exports));
        }
    }

    /// <summary>
    /// Makes the entity of an address and gives it what waits, and only then lets others see it: whoever finds it comes after those.
    /// </summary>
    private void Replace(EntityAddress address, IEnumerable<EntityInput> waiting, ReadOnlyMemory<byte>? import)
    {
        var entity = kinds[address.Kind].Create(address, host, import);
        kinds[address.Kind].Count(1);
        foreach (var input in waiting)
        {
            if (!entity.Tell(input))
            {
                WaitForRelease(entity, input);
            }
        }

        _entities[address] = entity;
    }

    /// <summary>
    /// The entity has stopped and is about to hand over what it did not handle. This comes after that; a new entity made for it now would
    /// handle it before.
    /// </summary>
    private void WaitForRelease(Entity entity, EntityInput input)
    {
        if (!_late.TryGetValue(entity, out var late))
        {
            _late.Add(entity, late = []);
        }

        late.Add(input);
    }
}
