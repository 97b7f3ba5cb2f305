using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>A node cannot be asked now: it is no member, or there is no link to it, or the link was lost before its answer came.</summary>
public sealed class NodeUnreachableException(NodeId node, string why) : Exception($"Node {node} cannot be reached: {why}.")
{
    public NodeId Node { get; } = node;
}
