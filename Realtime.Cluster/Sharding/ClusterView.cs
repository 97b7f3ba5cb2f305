using System.Collections.Immutable;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>Who is in the cluster, at a version that only grows.</summary>
public sealed record ClusterView(long Version, ImmutableArray<NodeId> Nodes);
