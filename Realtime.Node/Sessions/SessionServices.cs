using Realtime.Cluster.Journal;
using Realtime.Cluster.Kernel;

namespace Realtime.Node.Sessions;

/// <summary>What every session of a node shares.</summary>
internal sealed record SessionServices(
    ISessionStore Store, SessionPolicy Policy, TimerQueue Timers, TimeProvider Time, SessionLogging Log);
