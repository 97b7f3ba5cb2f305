using Realtime.Cluster.Journal;
using Realtime.Cluster.Kernel;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Sessions;

/// <summary>What every session of a node shares.</summary>
internal sealed record SessionServices(
    ISessionStore Store,
    SessionPolicy Policy,
    NamespaceTable Namespaces,
    TimerQueue Timers,
    TimeProvider Time,
    SessionLogging Log);
