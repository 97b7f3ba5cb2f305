using Akka.Actor;
using Akka.Cluster;

namespace Realtime.Node.Cluster;

/// <summary>What actors ask of the members of their cluster.</summary>
internal static class ClusterMembers
{
    /// <summary>Whether another node can take what this one gives away. Without one a message to a shard that has stopped waits until the region gives up.</summary>
    public static bool HaveAnotherNode(ActorSystem system) => OtherNodesUp(system).Count > 0;

    /// <summary>
    /// Where entities can come from: all other nodes that hold shards or did a moment ago, also those that cannot be reached now.
    /// </summary>
    public static IReadOnlyList<Address> OtherNodes(ActorSystem system) =>
        Others(system, status => status is MemberStatus.Up or MemberStatus.WeaklyUp or MemberStatus.Leaving or MemberStatus.Exiting);

    /// <summary>Where entities can go to.</summary>
    public static IReadOnlyList<Address> OtherNodesUp(ActorSystem system) => Others(system, status => status is MemberStatus.Up);

    private static IReadOnlyList<Address> Others(ActorSystem system, Func<MemberStatus, bool> counts)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        return
        [
            .. cluster.State.Members
                .Where(member => counts(member.Status) && member.HasRole(ActorSystemSettings.NodeRole) && member.UniqueAddress != cluster.SelfUniqueAddress)
                .Select(member => member.Address),
        ];
    }
}
