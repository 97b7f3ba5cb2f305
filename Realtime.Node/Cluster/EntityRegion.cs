using Akka.Actor;
using Akka.Cluster.Sharding;

namespace Realtime.Node.Cluster;

/// <summary>Starts the shard region of one kind of entity on this node.</summary>
internal static class EntityRegion
{
    /// <param name="kind">Name of the kind in the cluster; the same on all nodes.</param>
    /// <param name="props">Of an entity, by its id.</param>
    /// <param name="handOff">
    /// What an entity receives when its shard moves or the node stops. Not <see cref="PoisonPill"/>, which would cut through a write.
    /// </param>
    public static Task<IActorRef> StartAsync<TMessage>(
        ActorSystem system, string kind, Func<string, Props> props, Func<TMessage, string> entityOf, object handOff)
        where TMessage : class
    {
        var sharding = ClusterSharding.Get(system);
        var settings = ClusterShardingSettings.Create(system);
        return sharding.StartAsync(
            kind, props, settings, new EntityExtractor<TMessage>(entityOf), sharding.DefaultShardAllocationStrategy(settings), handOff);
    }
}
