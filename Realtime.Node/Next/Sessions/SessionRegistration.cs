using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Akka.Hosting;
using Realtime.Node.Persistence;

namespace Realtime.Node.Next.Sessions;

/// <summary>Adds the sessions of a node to its actor system.</summary>
public static class SessionRegistration
{
    public const string RegionName = "session";

    /// <summary>The region that takes withdrawals; started before.</summary>
    private const string ChannelRegionName = "channel";

    /// <summary>
    /// Starts the shard region of sessions and registers it under <see cref="SessionRegion"/>, and the cluster's one
    /// <see cref="IdleSessionSweep"/>. By hand and not by WithShardRegion, which takes no allocation strategy.
    /// </summary>
    public static AkkaConfigurationBuilder WithSessions(
        this AkkaConfigurationBuilder builder,
        SessionSettings settings,
        IIdleSessions idle,
        IdleSweepPolicy sweep,
        Func<ActorSystem, IShardAllocationStrategy> allocation) =>
        builder.WithActors(async (system, registry) =>
        {
            var sharding = ClusterSharding.Get(system);
            var props = SessionActor.Props(settings, sharding.ShardRegion(ChannelRegionName));
            var region = await sharding.StartAsync(
                RegionName,
                _ => props,
                ClusterShardingSettings.Create(system),
                new SessionMessageExtractor(),
                allocation(system),
                SessionHandOff.Instance).ConfigureAwait(false);
            registry.Register<SessionRegion>(region);
            system.ActorOf(
                ClusterSingletonManager.Props(
                    IdleSessionSweep.Props(region, idle, sweep), PoisonPill.Instance, ClusterSingletonManagerSettings.Create(system)),
                "idle-session-sweep");
        });
}
