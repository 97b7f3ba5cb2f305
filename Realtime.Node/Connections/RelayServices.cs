using Realtime.Cluster.Kernel;
using Realtime.Cluster.Sharding;
using Realtime.Cluster.Telemetry.Metrics;
using Realtime.Cluster.Telemetry.Tracing;
using Realtime.Messages.Ids;

namespace Realtime.Node.Connections;

/// <summary>What the feeds of a node share.</summary>
/// <param name="NextGeneration">
/// Numbers announcements: one more than any before on this node, of whichever feed, so that an owner can tell which of two words about
/// one channel is the newer.
/// </param>
internal sealed record RelayServices(
    ICluster Cluster,
    TimerQueue Timers,
    TimeProvider Time,
    ConnectionLogging Log,
    Func<long> NextGeneration,
    Action<Subscriber> Rejoin,
    Action<ChannelName, ChannelFeed> Forget)
{
    public ChannelFigures Figures { get; init; } = new();

    public NodeTracing Tracing { get; init; } = NodeTracing.Off;

    public NodeId Self => Cluster.Self;
}
