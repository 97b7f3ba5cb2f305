using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal;

/// <param name="Incarnation">None: the name is in use by a node whose heartbeat has moved since it was looked at.</param>
public readonly record struct JoinResult(Incarnation Incarnation, long Version);
