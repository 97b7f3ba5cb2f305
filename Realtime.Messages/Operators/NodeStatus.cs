namespace Realtime.Messages.Operators;

/// <summary>One node: what its row in the store says, and, when it answers, what it says of itself.</summary>
/// <param name="Incarnation">0 on a single node.</param>
/// <param name="Status"><c>active</c>, <c>draining</c>, <c>drained</c> (owns nothing and takes nothing) or <c>dead</c>.</param>
/// <param name="Reachable">Whether it answered; if not, <see cref="Live"/> is null.</param>
/// <param name="Capacity">Sessions it is meant to hold.</param>
/// <param name="SessionShards">Shards of sessions that it holds.</param>
/// <param name="ChannelShards">Shards of channels that it holds.</param>
public sealed record NodeStatus(
    string Name,
    long Incarnation,
    string Status,
    bool Reachable,
    string PeerAddress,
    string? ClientUrl,
    int Capacity,
    int Connections,
    int SessionShards,
    int ChannelShards,
    NodeLive? Live)
{
    /// <summary>Of both kinds.</summary>
    public int Shards => SessionShards + ChannelShards;
}
