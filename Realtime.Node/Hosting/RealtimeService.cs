using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Realtime.Node.Auth;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Namespaces;
using Realtime.Node.Operations;
using Realtime.Node.Operations.Inquiries;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Records;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Telemetry;

namespace Realtime.Node.Hosting;

/// <summary>Ties the node's life to the host's: started before the web server listens, drained before it stops.</summary>
internal sealed partial class RealtimeService(
    NodeRuntime runtime,
    NodeReadiness readiness,
    NodeShutdown shutdown,
    NodeConfiguration configuration,
    IServiceProvider services,
    EventStore store,
    IServer server,
    IHostEnvironment environment,
    ILogger<RealtimeService> logger) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (configuration.Options.Auth.DevelopmentKey is not null && !environment.IsDevelopment())
        {
            DevelopmentKeyInUse(environment.EnvironmentName);
        }

        if (services.GetService<KeyFetcher>() is { } keys)
        {
            await keys.StartAsync(cancellationToken).ConfigureAwait(false);
        }

        if (configuration.Settings.Connections.TakesAnonymous && !WebListener.IsLoopback(configuration.Settings.Address) &&
            string.Join(", ", configuration.Settings.Namespaces.All.Where(policy => policy.TakesAnonymous).Select(policy => policy.Name).Order(StringComparer.Ordinal)) is { Length: > 0 } open)
        {
            AnonymousWriters(configuration.Settings.Address, open);
        }

        if (ClusterTlsRules.IsOpen(configuration.Options.Cluster) && configuration.Store is StoreChoice.Postgres)
        {
            NodesInTheOpen(configuration.Options.Cluster.Host!);
        }

        var volatileNamespaces = configuration.Settings.Namespaces.All.Where(policy => policy.Durability is Durability.Journal).Select(policy => policy.Name).Order(StringComparer.Ordinal);
        if (configuration.Store is StoreChoice.Memory && string.Join(", ", volatileNamespaces) is { Length: > 0 } names)
        {
            VolatileStore(names);
        }

        NodeGauges.Register(runtime.Metrics.Meter, readiness);
        await runtime.StartAsync(cancellationToken).ConfigureAwait(false);
        var cluster = runtime.OperatedCluster;
        cluster.System().StartInquiries(cluster.Map, services.GetRequiredService<OperatorDesk>());
        if (configuration.Settings.Role is ProgramRole.Node)
        {
            services.GetRequiredService<ScheduleStart>().Start(cluster.System());
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        readiness.MoveTo(NodePhase.Serving);
        var settings = configuration.Settings;
        var addresses = (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []).Select(WebListener.Readable).ToList();

        // Listened to last, and named last. An application that hosts the node puts operators where it likes.
        var own = services.GetService<OperatorListener>() is not null && addresses.Count > 1;
        runtime.OperatorUrl = own ? addresses[^1] : null;
        NodeStarted(
            NodeVersion.Text,
            settings.Node.Name,
            string.Join(", ", own ? addresses.SkipLast(1) : addresses),
            own ? addresses[^1] : "none",
            store.Description,
            string.Join(", ", settings.Namespaces.All.Select(policy => policy.Name).Order(StringComparer.Ordinal)),
            settings.Connections.TakesAnonymous ? "let in" : "refused");
        return Task.CompletedTask;
    }

    /// <summary>When the host is stopped by other means than a signal; after a signal this has happened already.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => shutdown.DrainAsync(cancellationToken);

    /// <summary>Again, for hosts that skip the life cycle calls.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => shutdown.DrainAsync(cancellationToken);

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogEvents.NodeStarted, LogLevel.Information, "Realtime {Version}: node {Node} on {Url}, for operators {OperatorUrl}, store {Store}, namespaces {Namespaces}, clients without a token are {Anonymous}")]
    private partial void NodeStarted(string version, string node, string url, string operatorUrl, string store, string namespaces, string anonymous);

    [LoggerMessage(LogEvents.AnonymousWriters, LogLevel.Warning, "Listening on {Address}, where other machines can reach this node: clients without a token may publish in {Namespaces} (Realtime:Namespaces:NAME:Publish)")]
    private partial void AnonymousWriters(string address, string namespaces);

    [LoggerMessage(LogEvents.NodesInTheOpen, LogLevel.Warning, "Listening for other nodes on {Host} without TLS (Realtime:Cluster:Tls): whoever reaches that port is a node")]
    private partial void NodesInTheOpen(string host);

    [LoggerMessage(LogEvents.VolatileStore, LogLevel.Warning, "The store is memory: the journal namespaces {Namespaces} lose everything when this process ends")]
    private partial void VolatileStore(string namespaces);

    [LoggerMessage(LogEvents.DevelopmentKeyInUse, LogLevel.Warning, "Realtime:Auth:DevelopmentKey is set in environment {Environment}: whoever knows it can be anybody")]
    private partial void DevelopmentKeyInUse(string environment);
}
