using Akka.Actor;

namespace Realtime.Node.Feeds;

/// <summary>Finds the actors of fixed names on other nodes.</summary>
internal interface INodeActors
{
    /// <param name="name">Of an actor at the top of the node.</param>
    ICanTell Find(Address node, string name);
}
