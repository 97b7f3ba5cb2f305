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
    /// Starts the shard region of sessions and registers it under <see cref="SessionRegion"/>, the keeper of their holders, and the sweeps that
    /// the cluster has one of.
    /// </summary>
    /// <param name="lost">Null: no namespace has presence, or members without a connection are not shown at all.</param>
    public static AkkaConfigurationBuilder WithSessions(
        this AkkaConfigurationBuilder builder,
        SessionSettings settings,
        IIdleSessions idle,
        IdleSweepPolicy sweep,
        IPresentSessions present,
        LostSessionPolicy? lost,
        Func<ActorSystem, IShardAllocationStrategy> allocation) =>
        builder.WithActors(async (system, registry) =>
        {
            var holders = system.ActorOf(SessionHolders.PropsOf(settings.RenewEvery), NodePlaces.SessionHolders);
            var props = SessionActor.Props(
                settings with { HasSuccessor = ClusterMembers.HaveAnotherNode, Holders = holders, Reporting = settings.Reporting.On(registry) },
                ClusterSharding.Get(system).ShardRegion(ChannelRegionName));
            var region = await EntityRegion.StartAsync<SessionRequest>(
                system,
                RegionName,
                _ => props,
                request => EntityIds.Of(request.Session),
                allocation(system),
                SessionHandOff.Instance).ConfigureAwait(false);
            registry.Register<SessionRegion>(region);
            LeaveOrder.StopBeforeOtherRegions(system, RegionName, region);
            StartSingleton(system, IdleSessionSweep.Props(region, idle, sweep, settings.Logs.Log), "idle-session-sweep");
            if (lost is not null)
            {
                StartSingleton(system, LostSessionSweep.Props(region, present, lost, settings.Logs.Log), "lost-session-sweep");
            }
        });

    private static void StartSingleton(ActorSystem system, Props props, string name) => system.ActorOf(
        ClusterSingletonManager.Props(props, PoisonPill.Instance, ClusterSingletonManagerSettings.Create(system)), name);
}
