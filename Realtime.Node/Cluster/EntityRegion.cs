using Akka.Actor;
using Akka.Cluster.Sharding;

namespace Realtime.Node.Cluster;

/// <summary>
/// Starts the shard region of one kind of entity on this node. By hand and not by Akka.Hosting's <c>WithShardRegion</c>, which takes no allocation strategy.
/// </summary>
internal static class EntityRegion
{
    /// <param name="kind">Name of the kind in the cluster; the same on all nodes.</param>
    /// <param name="props">Of an entity, by its id.</param>
    /// <param name="handOff">
    /// What an entity receives when its shard moves or the node stops. Not <see cref="PoisonPill"/>, which would cut through a write.
    /// </param>
    public static Task<IActorRef> StartAsync<TMessage>(
        ActorSystem system, string kind, Func<string, Props> props, Func<TMessage, string> entityOf, IShardAllocationStrategy allocation, object handOff)
        where TMessage : class =>
        ClusterSharding.Get(system).StartAsync(
            kind, props, ClusterShardingSettings.Create(system), new EntityExtractor<TMessage>(entityOf), allocation, handOff);

    /// <summary>Akka's own strategy: the node with the least shards is next.</summary>
    public static IShardAllocationStrategy LeastShards(ActorSystem system) =>
        ClusterSharding.Get(system).DefaultShardAllocationStrategy(ClusterShardingSettings.Create(system));
}
