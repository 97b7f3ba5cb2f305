using Akka.Actor;

namespace Realtime.Node.Cluster;

/// <summary>Actors that each node has under the same name, so that other nodes find them by the node's address.</summary>
public static class NodePlaces
{
    /// <summary>Keeps who holds the sessions of its node from another one.</summary>
    public const string SessionHolders = "session-holders";

    /// <summary>Keeps the logs of memory channels that have stopped on its node until their successors have them.</summary>
    public const string ChannelKeeper = "channel-keeper";

    /// <summary>Answers what other members ask for operators. Lighthouses have it, too.</summary>
    public const string OperatorInquiries = "operator-inquiries";

    public static ActorSelection On(IActorRefFactory factory, Address node, string name)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return factory.ActorSelection(new RootActorPath(node) / "user" / name);
    }
}
