using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Realtime.Messages.Ids;
using Realtime.Node.Application;
using Realtime.Node.Auth;
using Realtime.Node.Codecs;
using Realtime.Node.Configuration;
using Realtime.Node.Events;
using Realtime.Node.Gateway;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Operations;
using Realtime.Node.Outboxes;
using Realtime.Node.Cluster;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Members;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Telemetry.Otlp;
using Realtime.Node.Telemetry.Prometheus;
using Realtime.Node.Transports;

namespace Realtime.Node.Hosting;

/// <summary>Hosts a node in any ASP.NET Core application.</summary>
public static class RealtimeBuilderExtensions
{
    internal static readonly IReadOnlyList<IFrameCodec> Codecs = [new JsonFrameCodec()];

    /// <summary>
    /// Adds a node, configured by section <c>Realtime</c> and then by <paramref name="configure"/>. An <see cref="EventStore"/> or
    /// <see cref="ITokenVerifier"/> that is registered already is used instead of the configured one.
    /// </summary>
    /// <exception cref="RealtimeConfigurationException">With every fault there is.</exception>
    /// <returns>Where the application's own handlers are added.</returns>
    public static RealtimeBuilder AddRealtime(this IHostApplicationBuilder builder, Action<RealtimeOptions>? configure = null)
    {
        return builder.AddRealtime(NodeConfiguration.Read(builder.Configuration, configure, isDevelopment: builder.Environment.IsDevelopment()));
    }

    /// <summary>The same with a configuration that was read before.</summary>
    internal static RealtimeBuilder AddRealtime(this IHostApplicationBuilder builder, NodeConfiguration configuration)
    {
        var services = builder.Services;
        services.AddRoutingCore();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(configuration);
        services.AddSingleton(configuration.Settings);
        services.AddSingleton(provider => new OriginPolicy(configuration.Settings.Origins, provider.GetRequiredService<NodeRuntime>().Origins));
        services.TryAddSingleton<EventStore>(provider => StoreFactory.Create(
            configuration.Store, ToClaim(configuration.Settings), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(provider => new Journals(
            provider.GetRequiredService<EventStore>(),
            new JournalOptions(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<NodeInstruments>().Store,
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<ClusterStanding>();
        services.AddTokens(configuration.Settings);
        services.AddSingleton<NodeReadiness>();
        services.AddMetrics();
        services.AddSingleton(provider => new NodeInstruments(
            NodeLabels.Of(configuration.Settings), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IMeterFactory>()));
        services.AddSingleton(provider => new PrometheusExporter(provider.GetRequiredService<NodeInstruments>(), configuration.Settings.Node.Name));
        if (configuration.Otlp is { } otlp)
        {
            // Before the node's own service: started first, and stopped when everything has been counted.
            services.AddSingleton(otlp);
            services.AddHostedService<OtlpExport>();
        }

        services.AddSingleton(provider =>
        {
            var runtime = ActivatorUtilities.CreateInstance<NodeRuntime>(provider);
            runtime.Application = ApplicationSetup.Of(provider);
            runtime.EventInterest = EventInterest.Of([.. provider.GetServices<IEventInterest>()]);
            runtime.EventTargets = provider.GetRequiredService<EventDesk>().Targets;
            return runtime;
        });
        services.AddSingleton(provider => provider.GetRequiredService<NodeRuntime>().Revocations);
        services.AddSingleton<NodeShutdown>();
        services.AddOperator(configuration);
        services.AddPublishing(configuration.Settings);
        services.AddApi(configuration);
        services.AddEvents(configuration.Settings.Webhooks);
        services.AddHostedService<RealtimeService>();
        DrainBeforeStop(services);
        return services.AddApplication(configuration.Settings.Namespaces, configuration.Settings.Webhooks);
    }

    /// <summary>Maps what clients, the application's back end and probes ask for.</summary>
    public static IEndpointRouteBuilder MapRealtime(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var readiness = services.GetRequiredService<NodeReadiness>();
        var runtime = services.GetRequiredService<NodeRuntime>();
        var origins = services.GetRequiredService<OriginPolicy>();
        var settings = services.GetRequiredService<NodeSettings>();
        if (settings.Role is ProgramRole.Node)
        {
            endpoints.MapSockets(runtime, settings, origins, IsServing);
            endpoints.MapApi();
        }

        var gateway = endpoints.CreateApplicationBuilder();
        gateway.UseTrustedProxies(settings.Limits.TrustedProxies);
        gateway.Run(new GatewayEndpoint(
            () => runtime.Gateway.Desk(IsServing()), runtime.SocketLimits, settings.Role is ProgramRole.Node ? settings.Connections.Limits : null, origins,
            services.GetRequiredService<TimeProvider>()).HandleAsync);
        endpoints.MapMethods(GatewayEndpoint.Path, [HttpMethods.Get, HttpMethods.Options], gateway.Build());
        endpoints.MapHealth(settings.Node, readiness);
        endpoints.MapClientScripts(origins);
        return endpoints;

        bool IsServing() => readiness.IsServing;
    }

    private static void MapSockets(this IEndpointRouteBuilder endpoints, NodeRuntime runtime, NodeSettings settings, OriginPolicy origins, Func<bool> isServing)
    {
        var sockets = endpoints.CreateApplicationBuilder();
        sockets.UseTrustedProxies(settings.Limits.TrustedProxies, endpoints.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(TrustedProxies)));
        sockets.UseWebSockets();

        // The runtime starts after the endpoints are mapped, so what it has to offer is asked for with each handshake.
        sockets.Run(context => new WebSocketEndpoint(
            runtime.Connections, runtime.Admission, runtime.SocketLimits, origins, Codecs, isServing, runtime.Metrics.Connections).HandleAsync(context));
        endpoints.Map(WebSocketEndpoint.Path, sockets.Build());
    }

    /// <summary>
    /// Maps the operators' API at <c>/operator/v1</c>, where the application wants it: on a port or name of its own, by
    /// <c>RequireHost</c>, and never where clients come from. Without <c>Realtime:Operator:Key</c> it answers requests from this machine only. Nothing is mapped when
    /// <c>Realtime:Operator:Enabled</c> is false.
    /// </summary>
    public static IEndpointConventionBuilder MapRealtimeOperator(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var group = endpoints.MapGroup("");
        if (services.GetRequiredService<OperatorPolicy>().Enabled)
        {
            group.Map(OperatorAnswer.Prefix + "{**path}", services.GetRequiredService<OperatorEndpoint>().HandleAsync);
        }

        return group;
    }

    private static MemberClaim ToClaim(NodeSettings settings) => new(settings.Node, EntityShards.Count, MemberClaim.WireVersion)
    {
        Roles = settings.Actors.Roles, ClientUrl = settings.ClientUrl,
    };

    /// <summary>Only .NET's console lifetime is replaced; whoever runs under systemd or as a Windows service keeps what they chose.</summary>
    private static void DrainBeforeStop(IServiceCollection services)
    {
        var console = services.LastOrDefault(service => service.ServiceType == typeof(IHostLifetime));
        if (console is null || console.ImplementationType?.Name == "ConsoleLifetime")
        {
            services.Replace(ServiceDescriptor.Singleton<IHostLifetime, DrainFirstLifetime>());
        }
    }
}
