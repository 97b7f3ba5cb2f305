namespace Realtime.Cluster.Journal;

/// <summary>What all nodes of a cluster must agree on.</summary>
/// <param name="Shards">Fixed when the cluster is founded.</param>
/// <param name="Protocol">Version of the node-to-node protocol; must lie in the cluster's range.</param>
public sealed record ClusterCharter(int Shards, int Protocol);
