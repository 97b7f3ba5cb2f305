using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal;

/// <param name="Alive">False: this incarnation is dead, whatever it believes.</param>
/// <param name="Watched">Counters of those asked for that are not dead.</param>
public sealed record HeartbeatResult(
    bool Alive, long Version, long StoreEpoch, IReadOnlyList<KeyValuePair<Incarnation, long>> Watched);
