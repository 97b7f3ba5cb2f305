namespace Realtime.Messages.Operators;

/// <summary>One channel, whole: <c>GET /operator/v1/channels/{name}</c>.</summary>
/// <param name="Tail">The oldest position that can be read after; null on channels without a log.</param>
/// <param name="Pending">Publishes that wait for a commit.</param>
/// <param name="Subscribers">For each node with subscribers.</param>
public sealed record ChannelReport(
    ChannelSummary Channel, int Shard, string? Tail, int Pending, IReadOnlyList<ChannelSubscribers> Subscribers, IReadOnlyList<ChannelMember> Present);
