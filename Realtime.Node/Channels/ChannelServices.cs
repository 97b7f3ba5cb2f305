using Realtime.Cluster.Journal;
using Realtime.Cluster.Kernel;
using Realtime.Cluster.Telemetry.Metrics;
using Realtime.Cluster.Telemetry.Tracing;
using Realtime.Messages.Positions;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Channels;

/// <summary>What every channel of a node shares.</summary>
internal sealed record ChannelServices(
    IJournal Journal,
    NamespaceTable Namespaces,
    ChannelPolicy Policy,
    TimerQueue Timers,
    TimeProvider Time,
    Func<Epoch> MintEpoch,
    ListenerLedger Listeners,
    ChannelLogging Log)
{
    public ChannelFigures Figures { get; init; } = new();

    public NodeTracing Tracing { get; init; } = NodeTracing.Off;
}
