using Akka.Actor;

namespace Realtime.Tests.Feeds;

/// <summary>Stands in for an actor of another room: what is sent to it runs in the sender's turn.</summary>
internal sealed class CallbackRef(string name, Action<object, IActorRef> receive, bool isLocal = true, Address? node = null) : MinimalActorRef
{
    public override ActorPath Path { get; } = new RootActorPath(node ?? new Address("akka", "tests")) / name;

    public override IActorRefProvider Provider => throw new NotSupportedException("no actor system stands behind it");

    public override bool IsLocal => isLocal;

    protected override void TellInternal(object message, IActorRef sender) => receive(message, sender);
}
