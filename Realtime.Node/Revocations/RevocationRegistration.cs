using Akka.Actor;
using Akka.Hosting;
using Realtime.Node.Auth;

namespace Realtime.Node.Revocations;

/// <summary>Adds what a node knows of revocations to its actor system.</summary>
internal static class RevocationRegistration
{
    /// <summary>Comes after channels.</summary>
    /// <param name="channels">The shard region of channels.</param>
    public static AkkaConfigurationBuilder WithRevocations(
        this AkkaConfigurationBuilder builder, Func<IActorRegistry, IActorRef> channels, RevocationList list, RevocationReports reports) =>
        builder.WithActors((system, registry) =>
        {
            var follower = system.ActorOf(RevocationFollower.PropsOf(channels(registry), list, reports), "revocations");
            registry.Register<RevocationFollower>(follower);
        });
}
