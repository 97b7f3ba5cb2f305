using Akka;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Akka.Hosting;
using Microsoft.Extensions.Logging;
using Realtime.Messages.Cluster;

namespace Realtime.Node.Cluster.Allocation;

/// <summary>Adds to an actor system who holds which shard, and the one picture of the cluster.</summary>
public static class AllocationExtensions
{
    private const string KeeperName = "plan-keeper";

    /// <summary>The allocation of a kind, for its shard region.</summary>
    public static Func<ActorSystem, IShardAllocationStrategy> AllocationOf(
        this ClusterMap map, EntityKind kind, ClusterPlans plans, IStoreOutage store, TimeProvider time) =>
        system => new ShardAllocation(kind, map, plans, store, Akka.Cluster.Cluster.Get(system).SelfAddress, time);

    /// <summary>
    /// Keeps the map and the plans up to date. Comes after the regions and before the node joins: a member that does not say who it is gets no shards.
    /// </summary>
    /// <param name="regions">Of this node, by kind; none on a lighthouse.</param>
    public static AkkaConfigurationBuilder WithClusterMap(
        this AkkaConfigurationBuilder builder,
        ClusterMap map,
        ClusterPlans plans,
        NodeSelf self,
        Func<IActorRegistry, IReadOnlyDictionary<EntityKind, IActorRef>> regions,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(plans);
        return builder.WithActors((system, registry) =>
        {
            var settings = ClusterSingletonManagerSettings.Create(system).WithRole(ActorSystemSettings.NodeRole);
            if (self.HoldsShards)
            {
                system.ActorOf(
                    ClusterSingletonManager.Props(PlanKeeper.PropsOf(map, loggers.CreateLogger<PlanKeeper>()), PoisonPill.Instance, settings), KeeperName);

                // Whatever ends the actor system: other nodes stop giving it shards before its regions end.
                CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "stop-taking-shards", async () =>
                {
                    await plans.SayThatItStopsAsync().ConfigureAwait(false);
                    return Done.Instance;
                });
            }

            var keeper = system.ActorOf(
                ClusterSingletonProxy.Props($"/user/{KeeperName}", ClusterSingletonProxySettings.Create(system).WithRole(ActorSystemSettings.NodeRole)),
                "plan-keeper-proxy");
            plans.Start(system, keeper);
            var drains = new DrainLines(self.Node, time, loggers.CreateLogger<DrainLines>());
            registry.Register<ClusterMapActor>(
                system.ActorOf(ClusterMapActor.PropsOf(new ClusterMapSetup(map, plans, self, regions(registry), drains)), ClusterMapActor.Name));
        });
    }
}
