namespace Realtime.Cluster.Journal;

/// <summary>Whether a node may take part in a store's cluster, whatever the store.</summary>
internal static class CharterCheck
{
    /// <exception cref="StoreFaultException"><see cref="StoreFault.OtherCluster"/></exception>
    public static void Demand(ClusterCharter charter, long shards, long oldestProtocol, long newestProtocol, string description)
    {
        if (charter.Shards != shards)
        {
            throw new StoreFaultException(
                StoreFault.OtherCluster,
                $"The cluster in {description} has {shards} shards and this node is set to {charter.Shards}. Their number is fixed when a cluster is "
                + "founded: give this node the same, or a store of its own.");
        }

        if (charter.Protocol < oldestProtocol || charter.Protocol > newestProtocol)
        {
            throw new StoreFaultException(
                StoreFault.OtherCluster,
                $"The cluster in {description} speaks versions {oldestProtocol} to {newestProtocol} of the node-to-node protocol and this node speaks "
                + $"{charter.Protocol}. Start a program of the cluster's version.");
        }
    }
}
