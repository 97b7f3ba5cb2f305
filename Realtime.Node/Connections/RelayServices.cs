using Realtime.Cluster.Kernel;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Ids;

namespace Realtime.Node.Connections;

/// <summary>What the feeds of a node share.</summary>
internal sealed record RelayServices(
    ICluster Cluster,
    TimerQueue Timers,
    TimeProvider Time,
    ConnectionLogging Log,
    Action<Subscriber> Rejoin,
    Action<ChannelName, ChannelFeed> Forget)
{
    public NodeId Self => Cluster.Self;
}
