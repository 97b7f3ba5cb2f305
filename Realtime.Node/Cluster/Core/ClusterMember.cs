using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Cluster.Core;

/// <summary>A member of the cluster, in whatever status, as this node's actor system knows it. Not this node.</summary>
/// <param name="IsUnreachable">Some member misses its heartbeats.</param>
/// <param name="IsMissed">This node does.</param>
internal sealed record ClusterMember(MemberAddress Address, bool IsUnreachable, bool IsMissed);
