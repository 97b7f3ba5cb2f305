using Realtime.Messages.Entities;

namespace Realtime.Cluster.Sharding;

/// <summary>A kind of entity: makes one for an address. Entities load what they need on their first message.</summary>
public interface IEntityKind
{
    EntityKind Kind { get; }

    /// <summary>Whether its entities announce themselves to others, and have to hear when those have lost what they knew (<see cref="Entity.OwnersMoved"/>).</summary>
    bool FollowsOwners => false;

    /// <param name="import">What its predecessor on another node exported when the shard was handed off; null when there is none.</param>
    Entity Create(EntityAddress address, IEntityHost host, ReadOnlyMemory<byte>? import);
}
