using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Akka.Hosting;
using Realtime.Messages.Sessions;
using Realtime.Node.Cluster;
using Realtime.Node.Persistence;

namespace Realtime.Node.Sessions;

/// <summary>Adds the sessions of a node to its actor system.</summary>
public static class SessionRegistration
{
    public const string RegionName = "session";

    /// <summary>The region that takes withdrawals; started before.</summary>
    private const string ChannelRegionName = "channel";

    /// <summary>
    /// Starts the shard region of sessions and registers it under <see cref="SessionRegion"/>, and the cluster's one
    /// <see cref="IdleSessionSweep"/>.
    /// </summary>
    /// <param name="orphans">Of the process before this one; what is in it is parked after its grace.</param>
    public static AkkaConfigurationBuilder WithSessions(
        this AkkaConfigurationBuilder builder,
        SessionSettings settings,
        IIdleSessions idle,
        IdleSweepPolicy sweep,
        OrphanedSessions orphans,
        Func<ActorSystem, IShardAllocationStrategy> allocation) =>
        builder.WithActors(async (system, registry) =>
        {
            var props = SessionActor.Props(settings with { HasSuccessor = ClusterMembers.HaveAnotherNode }, ClusterSharding.Get(system).ShardRegion(ChannelRegionName));
            var region = await EntityRegion.StartAsync<SessionRequest>(
                system,
                RegionName,
                _ => props,
                request => EntityIds.Of(request.Session),
                allocation(system),
                SessionHandOff.Instance).ConfigureAwait(false);
            registry.Register<SessionRegion>(region);
            LeaveOrder.StopBeforeOtherRegions(system, RegionName, region);
            system.ActorOf(
                ClusterSingletonManager.Props(
                    IdleSessionSweep.Props(region, idle, sweep, settings.Logs.Log), PoisonPill.Instance, ClusterSingletonManagerSettings.Create(system)),
                "idle-session-sweep");
            if (orphans.Sessions.Count > 0)
            {
                system.ActorOf(OrphanParking.Props(region, orphans, sweep), "orphan-parking");
            }
        });
}
