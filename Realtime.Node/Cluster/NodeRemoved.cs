using Akka.Actor;

namespace Realtime.Node.Cluster;

/// <summary>A node has left the cluster or was taken out of it: nothing that ran there runs any more. Published on the event stream.</summary>
public sealed record NodeRemoved(Address Address) : INoSerializationVerificationNeeded;
