using Akka.Actor;
using Akka.Cluster;

namespace Realtime.Node.Cluster;

/// <summary>What actors ask of the members of their cluster.</summary>
internal static class ClusterMembers
{
    /// <summary>Whether another node can take what this one gives away. Without one a message to a shard that has stopped waits until the region gives up.</summary>
    public static bool HaveAnotherNode(ActorSystem system)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        return cluster.State.Members.Any(member =>
            member.Status is MemberStatus.Up && member.HasRole(ActorSystemSettings.NodeRole) && member.UniqueAddress != cluster.SelfUniqueAddress);
    }

    /// <summary>
    /// Where entities can come from or go to: all other nodes that hold shards or did a moment ago, also those that cannot be reached now.
    /// </summary>
    public static IReadOnlyList<Address> OtherNodes(ActorSystem system)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        return
        [
            .. cluster.State.Members
                .Where(member => member.Status is MemberStatus.Up or MemberStatus.WeaklyUp or MemberStatus.Leaving or MemberStatus.Exiting
                    && member.HasRole(ActorSystemSettings.NodeRole) && member.UniqueAddress != cluster.SelfUniqueAddress)
                .Select(member => member.Address),
        ];
    }
}
