using Akka.Actor;

namespace Realtime.Node.Cluster;

/// <summary>Makes this node a member. Comes after the regions are started, so that no shard is given to a node that cannot hold it.</summary>
internal static class ClusterJoin
{
    /// <summary>Founds a cluster of which this node is the first member. Ends when it is Up.</summary>
    public static Task FoundAsync(ActorSystem system, CancellationToken cancellation)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        return cluster.JoinAsync(cluster.SelfAddress, cancellation);
    }
}
