using Akka.Actor;

namespace Realtime.Node.Cluster;

/// <summary>A node has left the cluster, or was removed from it: nothing of it will be heard any more.</summary>
internal sealed record NodeRemoved(Address Node) : INoSerializationVerificationNeeded;
