using Realtime.Cluster.Journal;
using Realtime.Cluster.Kernel;
using Realtime.Cluster.Telemetry.Metrics;
using Realtime.Messages.Ids;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Sessions;

/// <summary>What every session of a node shares.</summary>
/// <param name="LifeOf">The present life of a node; none when it is not in the cluster as far as this one knows.</param>
internal sealed record SessionServices(
    ISessionStore Store,
    SessionPolicy Policy,
    NamespaceTable Namespaces,
    TimerQueue Timers,
    TimeProvider Time,
    SessionLogging Log,
    Func<NodeId, Incarnation> LifeOf)
{
    public ChannelFigures Figures { get; init; } = new();
}
