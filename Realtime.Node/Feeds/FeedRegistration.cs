using Akka.Hosting;
using Realtime.Node.Cluster;

namespace Realtime.Node.Feeds;

/// <summary>Adds the feeds of a node to its actor system.</summary>
internal static class FeedRegistration
{
    /// <summary>Starts the hubs and registers their router under <see cref="FeedHub"/>. Comes after channels, before connections.</summary>
    /// <param name="setup">From the actors that were registered before.</param>
    public static AkkaConfigurationBuilder WithFeeds(this AkkaConfigurationBuilder builder, Func<IActorRegistry, FeedSetup> setup) =>
        builder.WithActors((system, registry) =>
        {
            var feeds = system.ActorOf(FeedHub.PropsOf(setup(registry)), "feeds");
            registry.Register<FeedHub>(feeds);
            LeaveOrder.StopFirst(system, "feeds", feeds);
        });
}
