using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Akka.Hosting;
using Realtime.Messages.Channels;
using Realtime.Node.Channels.Keepers;
using Realtime.Node.Cluster;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence;

namespace Realtime.Node.Channels;

/// <summary>Adds the channels of a node to its actor system.</summary>
public static class ChannelRegistration
{
    public const string RegionName = "channel";

    /// <summary>
    /// Starts the shard region of channels and registers it under <see cref="ChannelRegion"/>, what answers other nodes for its channels, and
    /// the cluster's one <see cref="AgedChannelSweep"/>.
    /// </summary>
    public static AkkaConfigurationBuilder WithChannels(
        this AkkaConfigurationBuilder builder,
        NamespaceTable namespaces,
        ChannelSettings settings,
        IKeptLogs logs,
        AgeSweepPolicy sweep,
        Func<ActorSystem, IShardAllocationStrategy> allocation) =>
        builder.WithActors(async (system, registry) =>
        {
            settings.Remembered.Open(settings.Policy.UnclaimedGrace, system.Scheduler);
            var kept = new KeptLogs();
            var nodes = new ClusterKeeperNodes(system);
            var keeper = system.ActorOf(ChannelKeeper.PropsOf(kept, nodes), NodePlaces.ChannelKeeper);
            var hosted = settings with { Keepers = new ChannelKeepers(kept, keeper, nodes, settings.Lost), Reporting = settings.Reporting.On(registry) };
            var region = await EntityRegion.StartAsync<ChannelRequest>(
                system,
                RegionName,
                entityId => PropsOf(entityId, namespaces, hosted),
                request => EntityIds.Of(request.Channel),
                allocation(system),
                ChannelHandOff.Instance).ConfigureAwait(false);
            registry.Register<ChannelRegion>(region);
            system.ActorOf(RenewalActor.PropsOf(settings.Hosted, settings.Policy.FeedLease / 2), HubMessage.Renewals);
            system.ActorOf(TrafficActor.PropsOf(settings.Peers), HubMessage.Traffic);
            LeaveOrder.AwaitAfterRegions(
                system, "hand-on-memory-logs", () => keeper.Tell(new ChannelKeeper.Leaving(), ActorRefs.NoSender), region,
                async () => settings.Lost.Left((await keeper.Ask<ChannelKeeper.Emptied>(new ChannelKeeper.AwaitEmpty()).ConfigureAwait(false)).Remaining));
            system.ActorOf(
                ClusterSingletonManager.Props(
                    AgedChannelSweep.Props(region, namespaces, logs, sweep, settings.Logs.Log), PoisonPill.Instance, ClusterSingletonManagerSettings.Create(system)),
                "aged-channel-sweep");
        });

    internal static Props PropsOf(string entityId, NamespaceTable namespaces, ChannelSettings settings) =>
        EntityIds.TryParse(entityId, out var channel) && namespaces.TryFind(channel, out var space)
            ? ChannelActor.Props(channel, space, settings)
            : Props.Create<UnknownChannelActor>();
}
