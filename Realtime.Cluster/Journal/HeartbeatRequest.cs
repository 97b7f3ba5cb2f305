using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal;

/// <param name="Sequence">Grows with every heartbeat of an incarnation.</param>
/// <param name="Watch">The nodes whose counters the answer shall carry.</param>
public sealed record HeartbeatRequest(Incarnation Self, Guid Boot, long Sequence, int Load, IReadOnlyList<Incarnation> Watch);
