using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence;

namespace Realtime.Node.Next.Channels;

/// <summary>Adds the channels of a node to its actor system.</summary>
public static class ChannelRegistration
{
    public const string RegionName = "channel";

    /// <summary>
    /// Starts the shard region of channels and registers it under <see cref="ChannelRegion"/>. By hand and not by WithShardRegion, which takes
    /// no allocation strategy.
    /// </summary>
    public static AkkaConfigurationBuilder WithChannels(
        this AkkaConfigurationBuilder builder, NamespaceTable namespaces, ChannelSettings settings, Func<ActorSystem, IShardAllocationStrategy> allocation) =>
        builder.WithActors(async (system, registry) =>
        {
            var sharding = ClusterSharding.Get(system);
            var region = await sharding.StartAsync(
                RegionName,
                entityId => PropsOf(entityId, namespaces, settings),
                ClusterShardingSettings.Create(system),
                new ChannelMessageExtractor(),
                allocation(system),
                ChannelHandOff.Instance).ConfigureAwait(false);
            registry.Register<ChannelRegion>(region);
        });

    internal static Props PropsOf(string entityId, NamespaceTable namespaces, ChannelSettings settings) =>
        EntityIds.TryParse(entityId, out var channel) && namespaces.TryFind(channel, out var space)
            ? ChannelActor.Props(channel, space, settings)
            : Props.Create<UnknownChannelActor>();
}
