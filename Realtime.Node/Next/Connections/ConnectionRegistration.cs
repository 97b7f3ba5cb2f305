using Akka.Actor;
using Akka.Hosting;
using Realtime.Cluster.Telemetry.Metrics;
using Realtime.Cluster.Telemetry.Tracing;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Node.Feeds;
using Realtime.Node.Next.Channels;
using Realtime.Node.Next.Sessions;

namespace Realtime.Node.Next.Connections;

/// <summary>Adds the connections of a node to its actor system.</summary>
internal static class ConnectionRegistration
{
    /// <summary>
    /// Starts the parents of connections and registers their router under <see cref="ConnectionsActor"/>. Comes after channels, sessions and
    /// feeds.
    /// </summary>
    /// <param name="setup">From the actors that were registered before.</param>
    /// <param name="started">Receives the connections for the transports.</param>
    public static AkkaConfigurationBuilder WithConnections(
        this AkkaConfigurationBuilder builder, Func<IReadOnlyActorRegistry, ConnectionsSetup> setup, Action<ClientConnections> started) =>
        builder.WithActors((system, registry) =>
        {
            var made = setup(registry);
            var connections = system.ActorOf(ConnectionsActor.PropsOf(made), "connections");
            registry.Register<ConnectionsActor>(connections);
            started(new ClientConnections(connections, made));
        });
}
