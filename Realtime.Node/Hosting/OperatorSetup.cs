using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Node.Cluster;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Operations;
using Realtime.Node.Operations.Dashboard;
using Realtime.Node.Operations.Inquiries;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Logs;
using Realtime.Node.Operations.Records;
using Realtime.Node.Outboxes;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Telemetry.Prometheus;

namespace Realtime.Node.Hosting;

/// <summary>Puts together what operators ask.</summary>
internal static class OperatorSetup
{
    public static void AddOperator(this IServiceCollection services, NodeConfiguration configuration)
    {
        var settings = configuration.Settings;

        // A listener that the application chooses: without a key it is believed for this machine only.
        services.TryAddSingleton(OperatorRules.ToPolicy(configuration.Options.Operator, loopback: configuration.Options.Operator.Key is null));
        services.AddSingleton<NodeVitals>();
        services.AddSingleton<EventRing>();
        services.AddSingleton<OperatorDoor>();
        services.AddSingleton<NodeDeparture>();
        services.AddSingleton(provider => new AuditTrail(
            settings.Node, provider.GetRequiredService<EventRing>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(provider => new NodeWatch(
            settings.Node,
            provider.GetRequiredService<NodeReadiness>(),
            provider.GetRequiredService<Journals>(),
            provider.GetRequiredService<EventRing>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService(provider => provider.GetRequiredService<NodeWatch>());
        services.AddSingleton(provider => new OperatorServices(
            settings.Node,
            NodeVersion.Text,
            settings.Role is ProgramRole.Lighthouse,
            settings.ClientUrl,
            settings.MaxConnections,
            settings.Namespaces,
            provider.GetRequiredService<NodeReadiness>(),
            provider.GetRequiredService<ClusterStanding>(),
            provider.GetRequiredService<Journals>(),
            () => provider.GetRequiredService<NodeRuntime>().Operated,
            () => provider.GetRequiredService<NodeRuntime>().OperatedCluster,
            () => provider.GetRequiredService<NodeRuntime>().Revocations,
            new InquiryCalls(() => provider.GetRequiredService<NodeRuntime>().OperatedCluster.System(), provider.GetRequiredService<TimeProvider>()),
            () => provider.GetRequiredService<NodeInstruments>().Rates,
            configuration.Effective,
            provider.GetService<LogRing>(),
            provider.GetService<LogLevels>(),
            provider.GetRequiredService<EventRing>(),
            provider.GetRequiredService<AuditTrail>(),
            provider.GetRequiredService<NodeVitals>(),
            () => provider.GetRequiredService<NodeDeparture>().Begin(),
            provider.GetRequiredService<TimeProvider>())
        {
            Deliveries = provider.GetRequiredService<EventDesk>(),
        });
        services.AddSingleton(provider => new OperatorDesk(
            OperatorRoutes.Of(provider.GetRequiredService<OperatorServices>(), provider.GetRequiredService<ILoggerFactory>()),
            provider.GetRequiredService<AuditTrail>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<OperatorDesk>>()));
        services.AddSingleton<OperatorEndpoint>();
    }

    /// <summary>The operators' own listener: its endpoints answer there only, and no others do.</summary>
    public static void AddOperatorListener(this IServiceCollection services, OperatorListener listener)
    {
        services.AddSingleton(listener);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, ListenerPolicy>());
    }

    /// <summary>Everything that answers at the operators' port.</summary>
    public static void MapOperatorListener(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("").WithMetadata(OperatorEndpointMark.Instance);
        group.MapRealtimeOperator();
        group.MapDashboard();
        group.MapBehindDoor(endpoints.ServiceProvider.GetRequiredService<OperatorPolicy>().OpenMetrics)
            .MapMetrics(endpoints.ServiceProvider.GetRequiredService<PrometheusExporter>());
        group.MapHealth(endpoints.ServiceProvider.GetRequiredService<NodeSettings>().Node, endpoints.ServiceProvider.GetRequiredService<NodeReadiness>());
    }

    /// <summary>Puts a door before endpoints that others have made: for looking, with a key unless everybody may.</summary>
    public static RouteGroupBuilder MapBehindDoor(this IEndpointRouteBuilder endpoints, bool open)
    {
        var door = endpoints.ServiceProvider.GetRequiredService<OperatorDoor>();
        var group = endpoints.MapGroup("");
        ((IEndpointConventionBuilder)group).Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is { } next)
            {
                endpoint.RequestDelegate = context => OperatorAnswer.BehindAsync(door, open ? null : OperatorRight.View, context, next);
            }
        });
        return group;
    }
}
