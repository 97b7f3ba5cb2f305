using Akka.Actor;

namespace Realtime.Tests.Sessions;

/// <summary>An address for machines without actors; the rig sees what is sent to it.</summary>
/// <param name="node">Where it is; null: here.</param>
internal sealed class NamedRef(string name, Address? node = null) : MinimalActorRef
{
    public override ActorPath Path { get; } = new RootActorPath(node ?? Address.AllSystems) / name;

    public override IActorRefProvider Provider => throw new NotSupportedException();

    public override string ToString() => name;
}
