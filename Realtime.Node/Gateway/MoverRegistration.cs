using Akka.Actor;
using Akka.Hosting;

namespace Realtime.Node.Gateway;

/// <summary>Adds the mover of a node's connections to its actor system.</summary>
internal static class MoverRegistration
{
    /// <summary>Comes after the connections.</summary>
    /// <param name="started">Receives the mover for the node's life cycle and operators.</param>
    public static AkkaConfigurationBuilder WithMover(this AkkaConfigurationBuilder builder, Func<MoverSetup> setup, Action<Mover> started) =>
        builder.WithActors((system, registry) =>
        {
            var status = new MoverStatus();
            var mover = system.ActorOf(MoverActor.PropsOf(setup(), status), "mover");
            registry.Register<MoverActor>(mover);
            started(new Mover(mover, status));
        });
}
