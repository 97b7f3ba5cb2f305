using Realtime.Cluster.Journal;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Channels.Core;

/// <summary>What a channel knows beyond the store: goes to the next owner when its shard is handed off.</summary>
public sealed record ChannelState
{
    public IReadOnlyList<(NodeId Node, long Generation)> Listeners { get; init; } = [];

    public PresenceState? Presence { get; init; }

    /// <summary>Where the log is not in the store.</summary>
    public LogState? Log { get; init; }

    /// <summary>Without any of it the next owner knows as much from the store.</summary>
    public bool IsEmpty => Listeners.Count == 0 && Presence is null && Log is null;

    /// <summary>Times are milliseconds that are left, not moments: no two nodes' clocks are compared.</summary>
    /// <param name="Unclaimed">Members that nobody has announced to this owner or the one before.</param>
    /// <param name="Uncounted">Present by a predecessor's count, not known by name.</param>
    /// <param name="AdoptionLeft">How long rosters of relays still count.</param>
    /// <param name="Departed">Who left while they counted.</param>
    public sealed record PresenceState(
        IReadOnlyList<Member> Members,
        long Revision,
        IReadOnlyList<(SessionId Session, long Left)> Unclaimed,
        int Uncounted,
        long UncountedLeft,
        long AdoptionLeft,
        IReadOnlyList<SessionId> Departed);

    /// <param name="Messages">All that are kept, contiguous up to the head.</param>
    public sealed record LogState(
        Epoch Epoch, long Head, long Tail, long LastAt, IReadOnlyList<LogMessage> Messages, IReadOnlyList<ProducerMark> Producers);
}
