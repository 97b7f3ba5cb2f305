using Realtime.Cluster.Routing;
using Realtime.Cluster.Sharding;
using Realtime.Node.Auth;
using Realtime.Node.Connections;

namespace Realtime.Node.Gateway;

/// <summary>What the gateway answers from.</summary>
internal sealed record GatewayServices(ICluster Cluster, ConnectionRegistry Connections, ConnectTickets Tickets, ResumeTokens ResumeTokens, WaitingRoom Room);
