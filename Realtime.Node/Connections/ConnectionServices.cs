using Realtime.Cluster.Sharding;
using Realtime.Cluster.Telemetry.Metrics;
using Realtime.Cluster.Telemetry.Tracing;
using Realtime.Messages.Ids;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Connections;

/// <summary>What the connections of a node share.</summary>
internal sealed record ConnectionServices(
    ConnectionSetup Setup,
    ICluster Cluster,
    Relay Relay,
    Departures Departures,
    ConnectionLogging Log,
    Func<SessionId> MintSession,
    Func<Moment> Now,
    Action<Connection> Closed)
{
    public ConnectionFigures Figures { get; init; } = new();

    public NodeTracing Tracing { get; init; } = NodeTracing.Off;
}
