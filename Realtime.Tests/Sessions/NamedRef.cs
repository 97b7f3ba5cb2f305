using Akka.Actor;

namespace Realtime.Tests.Sessions;

/// <summary>An address for machines without actors; the rig sees what is sent to it.</summary>
internal sealed class NamedRef(string name) : MinimalActorRef
{
    public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems) / name;

    public override IActorRefProvider Provider => throw new NotSupportedException();

    public override string ToString() => name;
}
