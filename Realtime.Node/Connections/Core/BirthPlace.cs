using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Core;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// Where a new session had best live: on the node that its client is connected to. Nothing it does then crosses the network between nodes, and no client that is new waits for
/// a node that does not answer.
/// </summary>
internal static class BirthPlace
{
    /// <param name="cluster">As this node sees it.</param>
    public static bool Suits(ClusterSnapshot cluster, SessionId session)
    {
        if (cluster.Self is not { } self)
        {
            return true;
        }

        var owner = cluster.OwnerOf(session);
        if (owner is null)
        {
            // Nobody has it yet; the allocation decides, and with all members there it decides at once.
            return cluster.Members.All(member => member.IsReachable);
        }

        // What a node that gives its shards away starts would have to move at once.
        return self.IsDraining || !self.HoldsShards ? owner is { IsReachable: true, IsDraining: false } : owner.Key == self.Key;
    }
}
