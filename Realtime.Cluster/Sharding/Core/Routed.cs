using Realtime.Messages.Entities;

namespace Realtime.Cluster.Sharding.Core;

/// <summary>A message of this node on its way to an entity.</summary>
/// <param name="Tag">Grows with every message of this node; order within a shard is order of tags.</param>
/// <param name="Since">When it came, in ms of the node's monotonic clock.</param>
internal sealed record Routed(long Tag, EntityAddress To, EntityMessage Message, ReplyTo From, long Since)
{
    /// <summary>It has been sent at least once and nobody knows what became of that: it cannot be refused as not done.</summary>
    public bool IsInDoubt { get; set; }
}
