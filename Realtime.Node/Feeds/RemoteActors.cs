using Akka.Actor;

namespace Realtime.Node.Feeds;

/// <summary>Finds them by remoting.</summary>
internal sealed class RemoteActors(ActorSystem system) : INodeActors
{
    public ICanTell Find(Address node, string name) => system.ActorSelection(new RootActorPath(node) / "user" / name);
}
