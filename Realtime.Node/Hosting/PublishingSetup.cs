using Akka.Actor;
using Realtime.Node.Asking;
using Realtime.Node.Namespaces;
using Realtime.Node.Operations;
using Realtime.Node.Publishing;
using Realtime.Node.Schedules;

namespace Realtime.Node.Hosting;

/// <summary>How the application's code and its back end reach sessions and channels. The node starts after this is made.</summary>
internal static class PublishingSetup
{
    public static void AddPublishing(this IServiceCollection services, NodeSettings settings)
    {
        services.AddSingleton(provider => new ChannelAsks(() => Runtime(provider).Operated.Channels, Time(provider)));
        services.AddSingleton(provider => new SessionAsks(() => Runtime(provider).Operated.Sessions, Time(provider)));
        services.AddSingleton(provider => new ClusterAsks(new ApiClusterView(provider.GetRequiredService<OperatorDesk>())));
        services.AddSingleton(provider => new SessionActions(
            provider.GetRequiredService<SessionAsks>(), provider.GetRequiredService<ChannelAsks>(), provider.GetRequiredService<ClusterAsks>(), Time(provider)));
        services.AddSingleton(provider => Create(provider, settings.Namespaces));
        services.AddSingleton(provider => new ScheduleStart(provider, settings));
        services.AddSingleton(provider => new ScheduleCalls(
            () => provider.GetRequiredService<ScheduleStart>().Scheduler, provider.GetRequiredService<Publisher>(), settings.Schedules, Time(provider)));
    }

    private static Publisher Create(IServiceProvider provider, NamespaceTable namespaces)
    {
        var (runtime, time) = (Runtime(provider), Time(provider));
        var actor = new Lazy<IActorRef>(() => runtime.OperatedCluster.System().ActorOf(Props.Create(() => new PublisherActor(runtime.Operated.Channels, time)), "publisher"));
        return new Publisher(namespaces, () => actor.Value, time);
    }

    private static NodeRuntime Runtime(IServiceProvider provider) => provider.GetRequiredService<NodeRuntime>();

    private static TimeProvider Time(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();
}
