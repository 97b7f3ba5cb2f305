using Realtime.Cluster.Journal;

namespace Realtime.Cluster.Membership;

/// <summary>Another process lives under this node's name. The message says what to do, for whoever starts the node.</summary>
public sealed class NameInUseException(NodeRow by) : Exception(
    $"The node name \"{by.Profile.Name}\" is in use: incarnation {by.Incarnation} at {by.Profile.PeerAddress} goes on sending heartbeats. "
    + "Give this node a name of its own, or stop the other process.")
{
    public NodeRow By { get; } = by;
}
