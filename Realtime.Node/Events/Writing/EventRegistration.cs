using Akka.Actor;
using Akka.Hosting;

namespace Realtime.Node.Events.Writing;

/// <summary>Adds to a node's actor system what brings reports to the outboxes.</summary>
internal static class EventRegistration
{
    /// <summary>Comes before channels and sessions.</summary>
    /// <param name="channels">The shard region of channels, once it has started.</param>
    public static AkkaConfigurationBuilder WithEventReports(this AkkaConfigurationBuilder builder, Func<IActorRegistry, IActorRef> channels) =>
        builder.WithActors((system, registry) => registry.Register<OutboxWriter>(system.ActorOf(OutboxWriter.PropsOf(() => channels(registry)), "outbox-writer")));
}
