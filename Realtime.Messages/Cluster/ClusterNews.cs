using Realtime.Messages.Ids;

namespace Realtime.Messages.Cluster;

/// <summary>What members of the cluster tell each other unasked.</summary>
public abstract record ClusterNews
{
    private ClusterNews()
    {
    }

    /// <summary>What a member says of itself, once a second and when its shards change.</summary>
    /// <param name="Member">Who it is for the actor system.</param>
    /// <param name="Number">Grows with each row of this process.</param>
    /// <param name="ClientUrl">Where clients reach this very node; null: they cannot choose it.</param>
    /// <param name="OperatorUrl">Null: it listens to no operators.</param>
    /// <param name="Capacity">Sessions it is meant to hold; 0: it holds no shards.</param>
    /// <param name="Connections">Of clients, at present.</param>
    /// <param name="Sessions">In memory.</param>
    /// <param name="Channels">In memory.</param>
    /// <param name="IsDraining">It gives its shards away: an operator said so, or it is stopping.</param>
    public sealed record NodeRow(
        NodeId Node,
        Incarnation Incarnation,
        MemberKey Member,
        long Number,
        string Version,
        string? ClientUrl,
        string? OperatorUrl,
        int Capacity,
        int Connections,
        int Sessions,
        int Channels,
        bool IsDraining,
        ShardSet SessionShards,
        ShardSet ChannelShards) : ClusterNews
    {
        public ShardSet Shards(EntityKind kind) => kind is EntityKind.Session ? SessionShards : ChannelShards;
    }
}
