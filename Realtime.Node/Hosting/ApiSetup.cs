using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Realtime.Node.Api;
using Realtime.Node.Api.Door;
using Realtime.Node.Asking;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Operations;
using Realtime.Node.Publishing;
using Realtime.Node.Schedules;

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
        var cluster = new ClusterCalls(provider.GetRequiredService<ClusterAsks>());
        var channels = provider.GetRequiredService<ChannelAsks>();
        var sessions = provider.GetRequiredService<SessionActions>();
        var schedules = provider.GetRequiredService<ScheduleCalls>();
        var routes = ApiRoutes.Of(
            new PublishEndpoints(provider.GetRequiredService<Publisher>(), schedules, sessions, time),
            new ReadEndpoints(namespaces, channels, cluster, time),
            new ActionEndpoints(sessions, () => runtime.Revocations, time),
            new SubscribeEndpoints(namespaces, sessions, time),
            new ScheduleEndpoints(schedules));
        return new ApiEndpoints(
            routes,
            new ApiDoor(new ApiKeys(ApiRules.ToKeys(configuration.Options.Api)), provider.GetRequiredService<IHostEnvironment>().IsDevelopment(), time, runtime.Metrics.Connections),
            provider.GetRequiredService<ApiDescription>(),
            () => readiness.IsServing,
            provider.GetRequiredService<ILogger<ApiEndpoints>>());
    }
}
