using Realtime.Messages.Entities;

namespace Realtime.Cluster.Sharding.Core;

/// <summary>What a shard has to do for its route.</summary>
internal abstract record RouteEffect
{
    private RouteEffect()
    {
    }

    /// <summary>Send it to the owner, at the epoch the route goes by.</summary>
    public sealed record Send(Routed Message) : RouteEffect;

    /// <summary>Give it to the region: this node owns the shard.</summary>
    public sealed record Deliver(Routed Message) : RouteEffect;

    public sealed record Refuse(Routed Message, EntityReply.Refused Reply) : RouteEffect;

    /// <summary>The owner is another one than the view says: read it again.</summary>
    public sealed record Refresh : RouteEffect
    {
        public static Refresh Instance { get; } = new();
    }
}
