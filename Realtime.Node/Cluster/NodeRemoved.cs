using Akka.Actor;

namespace Realtime.Node.Cluster;

/// <summary>A node has left the cluster or was taken out of it: nothing that ran there runs any more, and nothing of it will be heard. Published on the event stream.</summary>
public sealed record NodeRemoved(Address Node) : INoSerializationVerificationNeeded;
