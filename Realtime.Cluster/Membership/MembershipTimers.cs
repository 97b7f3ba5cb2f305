namespace Realtime.Cluster.Membership;

/// <summary>
/// Everything derives from the heartbeat. Two beliefs never overlap as long as the rates of two machines' clocks differ by less than
/// <see cref="Evict"/> / <see cref="SelfFence"/>; their readings are never compared.
/// </summary>
/// <param name="Heartbeat">Between two heartbeats; default 3 s.</param>
public sealed record MembershipTimers(TimeSpan Heartbeat)
{
    /// <summary>Lease age, from the sending of the last heartbeat that succeeded, after which no new shards are taken and none given away.</summary>
    public TimeSpan Uncertain => Heartbeat * 2;

    /// <summary>Lease age after which this node is not <see cref="Standing.Sure"/>.</summary>
    public TimeSpan SelfFence => Heartbeat * 3;

    /// <summary>How long a counter must have stood still, by the watcher's clock while its own heartbeats succeed, before its node is declared dead.</summary>
    public TimeSpan Evict => Heartbeat * 5;

    /// <summary>How long a joiner watches a living node of its own name.</summary>
    public TimeSpan JoinWatch => Heartbeat * 2.5;
}
