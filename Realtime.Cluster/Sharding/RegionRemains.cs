using Realtime.Messages.Entities;

namespace Realtime.Cluster.Sharding;

/// <summary>What is left of a region that was closed.</summary>
/// <param name="Unhandled">Messages no entity has begun, in order for each entity.</param>
/// <param name="Exports">What the entities' successors on another node have to know.</param>
internal sealed record RegionRemains(
    IReadOnlyList<KeyValuePair<EntityAddress, EntityInput>> Unhandled,
    IReadOnlyList<KeyValuePair<EntityAddress, ReadOnlyMemory<byte>>> Exports);
