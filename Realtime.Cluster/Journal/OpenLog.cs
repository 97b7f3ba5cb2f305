using Realtime.Messages.Positions;

namespace Realtime.Cluster.Journal;

/// <summary>A log as it stood when it was opened.</summary>
/// <param name="Head">Offset of the last committed message; 0 when there is none.</param>
/// <param name="Tail">First offset that is still kept; head + 1 when none is.</param>
/// <param name="Bytes">Sum of <see cref="LogMessage.Size"/> of the kept messages: history limits count on from here.</param>
/// <param name="Producers">Sequence numbers that are still remembered, in slot order per producer.</param>
public sealed record OpenLog(
    LogId Log, Epoch Epoch, long Head, long Tail, long Bytes, IReadOnlyList<ProducerMark> Producers);
