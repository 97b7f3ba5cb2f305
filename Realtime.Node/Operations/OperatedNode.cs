using Realtime.Node.Connections;

namespace Realtime.Node.Operations;

/// <summary>The parts of the running node that operators see and steer. There are none before it starts.</summary>
internal sealed record OperatedNode(ICluster Cluster, IClusterSteering Steering, ConnectionRegistry Connections, Relay Relay, Mover Mover);
