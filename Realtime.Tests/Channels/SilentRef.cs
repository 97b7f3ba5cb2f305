using Akka.Actor;

namespace Realtime.Tests.Channels;

/// <summary>An address for machine tests: what is sent to it is read from the effects.</summary>
internal sealed class SilentRef(string name, bool isLocal = true) : MinimalActorRef
{
    public override ActorPath Path { get; } = new RootActorPath(new Address("akka", "tests")) / name;

    public override IActorRefProvider Provider => throw new NotSupportedException("no actor system stands behind it");

    public override bool IsLocal => isLocal;
}
