using Realtime.Cluster.Routing;
using Realtime.Cluster.Sharding;
using Realtime.Node.Auth;

namespace Realtime.Node.Gateway;

/// <summary>What the gateway answers from.</summary>
/// <param name="Load">Connections of this node now.</param>
internal sealed record GatewayServices(ICluster Cluster, Func<int> Load, ConnectTickets Tickets, ResumeTokens ResumeTokens, WaitingRoom Room);
