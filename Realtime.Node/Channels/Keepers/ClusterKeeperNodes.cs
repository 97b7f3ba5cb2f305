using Akka.Actor;
using Realtime.Node.Cluster;

namespace Realtime.Node.Channels.Keepers;

/// <summary>By the membership of the cluster.</summary>
internal sealed class ClusterKeeperNodes(ActorSystem system) : IKeeperNodes
{
    public IReadOnlyList<Address> Sources => ClusterMembers.OtherNodes(system);

    public IReadOnlyList<Address> Successors => ClusterMembers.OtherNodesUp(system);
}
