using Realtime.Messages.Positions;

namespace Realtime.Cluster.Journal;

/// <summary>One log's part of a group commit.</summary>
/// <param name="ExpectedHead">The head this append follows; any other head is <see cref="WriteOutcome.Conflict"/>.</param>
/// <param name="Messages">Their offsets are ExpectedHead + 1 and on. May be empty when only the tail moves.</param>
/// <param name="Tail">Null, or the new first offset to keep: moves in the same transaction, before anything is deleted.</param>
public sealed record AppendRequest(
    LogId Log, long ExpectedHead, IReadOnlyList<LogMessage> Messages, IReadOnlyList<ProducerMark> Marks, long? Tail = null)
{
    /// <summary>Null: the store has one writer only (a single node), and nothing is checked.</summary>
    public ShardFence? Fence { get; init; }
}
