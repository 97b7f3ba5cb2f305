using Realtime.Messages.Entities;

namespace Realtime.Cluster.Sharding;

/// <summary>A kind of entity: makes one for an address. Entities load what they need on their first message.</summary>
public interface IEntityKind
{
    EntityKind Kind { get; }

    Entity Create(EntityAddress address, IEntityHost host);
}
