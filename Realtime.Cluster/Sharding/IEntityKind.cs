using Realtime.Messages.Entities;

namespace Realtime.Cluster.Sharding;

/// <summary>A kind of entity: makes one for an address. Entities load what they need on their first message.</summary>
public interface IEntityKind
{
    EntityKind Kind { get; }

    /// <summary>Whether its entities announce themselves to others, and have to hear when those have lost what they knew (<see cref="Entity.OwnersMoved"/>).</summary>
    bool FollowsOwners => false;

    /// <summary>Hears how many of its entities are in memory: 1 for each that has come, -1 for each that has gone.</summary>
    void Count(int change)
    {
    }

    /// <param name="import">What its predecessor on another node exported when the shard was handed off; null when there is none.</param>
    Entity Create(EntityAddress address, IEntityHost host, ReadOnlyMemory<byte>? import);
}
