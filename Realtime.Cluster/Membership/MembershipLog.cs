using Microsoft.Extensions.Logging;
using Realtime.Cluster.Telemetry;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Membership;

internal static partial class MembershipLog
{
    [LoggerMessage(LogEvents.ClusterJoined, LogLevel.Information, "Joined the cluster as {Node}, incarnation {Self}: {Nodes} nodes, {Shards} shards, view {Version}")]
    public static partial void Joined(ILogger logger, NodeId node, Incarnation self, int nodes, int shards, long version);

    [LoggerMessage(LogEvents.ClusterLeft, LogLevel.Information, "Incarnation {Self} has left the cluster")]
    public static partial void Left(ILogger logger, Incarnation self);

    [LoggerMessage(LogEvents.DeclaredDead, LogLevel.Error, "Incarnation {Self} was declared dead by the cluster: it owns nothing any more, and this node joins again")]
    public static partial void DeclaredDead(ILogger logger, Incarnation self);

    [LoggerMessage(LogEvents.PeerEvicted, LogLevel.Warning, "Evicted {Node}, incarnation {Victim}: its counter stood at {Heartbeat} for {Silence} while {Commits} heartbeats of this node were committed")]
    public static partial void PeerEvicted(ILogger logger, NodeId? node, Incarnation victim, long heartbeat, TimeSpan silence, int commits);

    [LoggerMessage(LogEvents.EvictedOnDemand, LogLevel.Warning, "Evicted {Node}, incarnation {Victim}, at counter {Heartbeat}, because an operator wants it (forced: {Forced})")]
    public static partial void EvictedOnDemand(ILogger logger, NodeId node, Incarnation victim, long heartbeat, bool forced);

    [LoggerMessage(LogEvents.StandingLost, LogLevel.Warning, "The lease was not renewed in time: this node is {Standing}")]
    public static partial void StandingLost(ILogger logger, Standing standing);

    [LoggerMessage(LogEvents.StandingRegained, LogLevel.Information, "The lease is fresh: this node is {Standing}")]
    public static partial void StandingRegained(ILogger logger, Standing standing);

    [LoggerMessage(LogEvents.HeartbeatsFail, LogLevel.Warning, "A heartbeat failed; it is tried again until the store answers")]
    public static partial void HeartbeatsFail(ILogger logger, Exception cause);

    [LoggerMessage(LogEvents.HeartbeatsAgain, LogLevel.Information, "Heartbeats go through again, after {Failures} that failed in {Time}")]
    public static partial void HeartbeatsAgain(ILogger logger, int failures, TimeSpan time);

    [LoggerMessage(LogEvents.ShardsAcquired, LogLevel.Information, "Acquired {Acquired} of {Wanted} free shards")]
    public static partial void ShardsAcquired(ILogger logger, int acquired, int wanted);

    [LoggerMessage(LogEvents.StoreRegressed, LogLevel.Critical, "The store has gone back behind view {Version} of store epoch {StoreEpoch}: a backup was restored, or a fail-over lost data, and nobody declared it. This node stops serving; declare the store a new one and restart the nodes")]
    public static partial void StoreRegressed(ILogger logger, long version, long storeEpoch);

    [LoggerMessage(LogEvents.NameWatched, LogLevel.Information, "{Node} is still in the cluster as incarnation {Incarnation}: watching for {Time} whether it lives")]
    public static partial void NameWatched(ILogger logger, NodeId node, Incarnation incarnation, TimeSpan time);

    [LoggerMessage(LogEvents.NotJoinedAgain, LogLevel.Warning, "Cannot join the cluster again yet")]
    public static partial void NotJoinedAgain(ILogger logger, Exception cause);

    [LoggerMessage(LogEvents.ClusterLost, LogLevel.Critical, "Cannot join the cluster again; the node gives up")]
    public static partial void ClusterLost(ILogger logger, Exception cause);

    [LoggerMessage(LogEvents.MembershipTurnFailed, LogLevel.Warning, "Following the cluster failed; it is tried again")]
    public static partial void TurnFailed(ILogger logger, Exception cause);

    [LoggerMessage(LogEvents.MembershipListenerFailed, LogLevel.Error, "A listener of the membership failed on a report; the next ones go on")]
    public static partial void ListenerFailed(ILogger logger, Exception cause);
}
