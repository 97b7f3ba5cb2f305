using Akka.Actor;
using Akka.Hosting;

namespace Realtime.Node.Events.Writing;

/// <summary>What entities need to report.</summary>
/// <param name="Interest">Decides with an entity's start.</param>
/// <param name="Writer">The <see cref="OutboxWriter"/> of the node.</param>
internal sealed record EventReporting(IEventInterest Interest, IActorRef Writer)
{
    public static EventReporting None { get; } = new(EventInterest.None, ActorRefs.Nobody);

    /// <summary>With the node's writer, if it has one.</summary>
    public EventReporting On(IActorRegistry registry) => registry.TryGet<OutboxWriter>(out var writer) ? this with { Writer = writer } : this;
}
