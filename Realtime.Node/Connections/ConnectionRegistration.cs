using Akka.Actor;
using Akka.Hosting;
using Realtime.Node.Cluster;

namespace Realtime.Node.Connections;

/// <summary>Adds the connections of a node to its actor system.</summary>
internal static class ConnectionRegistration
{
    /// <summary>
    /// Starts the parents of connections and registers their router under <see cref="ConnectionsActor"/>. Comes after channels, sessions
    /// and
    /// feeds.
    /// </summary>
    /// <param name="setup">From the actors that were registered before, and the keys of the resume tokens, which are in the store.</param>
    /// <param name="started">Receives the connections for the transports.</param>
    public static AkkaConfigurationBuilder WithConnections(
        this AkkaConfigurationBuilder builder,
        Func<ActorSystem, IActorRegistry, Task<ConnectionsSetup>> setup,
        Action<ClientConnections> started) =>
        builder.WithActors(async (system, registry) =>
        {
            var made = await setup(system, registry).ConfigureAwait(false);
            var connections = system.ActorOf(ConnectionsActor.PropsOf(made), "connections");
            registry.Register<ConnectionsActor>(connections);
            LeaveOrder.StopFirst(system, "connections", connections);
            started(new ClientConnections(connections, made));
        });
}
