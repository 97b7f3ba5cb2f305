using Akka.Actor;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Realtime.Node.Api;
using Realtime.Node.Api.Door;
using Realtime.Node.Api.Publishing;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Operations;

namespace Realtime.Node.Hosting;

/// <summary>Puts together what the application's back end asks.</summary>
internal static class ApiSetup
{
    public static void AddApi(this IServiceCollection services, NodeConfiguration configuration)
    {
        services.AddOpenApi(ApiDescription.Document, ApiDescription.Configure);
        services.AddSingleton<ApiDescription>();
        services.AddSingleton(provider => Create(provider, configuration));
    }

    public static void MapApi(this IEndpointRouteBuilder endpoints) => endpoints.ServiceProvider.GetRequiredService<ApiEndpoints>().Map(endpoints);

    private static ApiEndpoints Create(IServiceProvider provider, NodeConfiguration configuration)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        var runtime = provider.GetRequiredService<NodeRuntime>();
        var namespaces = configuration.Settings.Namespaces;
        var readiness = provider.GetRequiredService<NodeReadiness>();

        // The node starts after its endpoints are mapped.
        var publisher = new Lazy<IActorRef>(() => runtime.OperatedCluster.System().ActorOf(Props.Create(() => new PublisherActor(runtime.Operated.Channels, time)), "api-publisher"));
        var cluster = new ClusterCalls(new ApiClusterView(provider.GetRequiredService<OperatorDesk>()));
        var subscriptions = new SessionSubscriptions(() => runtime.Operated.Sessions, () => runtime.Operated.Channels, time);
        var routes = ApiRoutes.Of(
            new PublishEndpoints(new ApiPublisher(namespaces, () => publisher.Value, time), subscriptions, time),
            new ReadEndpoints(namespaces, () => runtime.Operated.Channels, cluster, time),
            new ActionEndpoints(cluster, () => runtime.Revocations, time),
            new SubscribeEndpoints(namespaces, subscriptions, cluster, time));
        return new ApiEndpoints(
            routes,
            new ApiDoor(new ApiKeys(ApiRules.ToKeys(configuration.Options.Api)), provider.GetRequiredService<IHostEnvironment>().IsDevelopment(), time, runtime.Metrics.Connections),
            provider.GetRequiredService<ApiDescription>(),
            () => readiness.IsServing,
            provider.GetRequiredService<ILogger<ApiEndpoints>>());
    }
}
