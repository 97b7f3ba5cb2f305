using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Realtime.Node.Api;
using Realtime.Node.Api.Door;
using Realtime.Node.Asking;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Operations;
using Realtime.Node.Publishing;

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
        var cluster = new ClusterCalls(new ApiClusterView(provider.GetRequiredService<OperatorDesk>()));
        var channels = provider.GetRequiredService<ChannelAsks>();
        var subscriptions = new SessionSubscriptions(provider.GetRequiredService<SessionAsks>(), channels);
        var routes = ApiRoutes.Of(
            new PublishEndpoints(provider.GetRequiredService<Publisher>(), subscriptions, time),
            new ReadEndpoints(namespaces, channels, cluster, time),
            new ActionEndpoints(cluster, () => runtime.Revocations, time),
            new SubscribeEndpoints(namespaces, subscriptions, cluster, time));
        return new ApiEndpoints(
            routes,
            new ApiDoor(new ApiKeys(ApiRules.ToKeys(configuration.Options.Api)), provider.GetRequiredService<IHostEnvironment>().IsDevelopment(), time),
            provider.GetRequiredService<ApiDescription>(),
            () => readiness.IsServing,
            provider.GetRequiredService<ILogger<ApiEndpoints>>());
    }
}
