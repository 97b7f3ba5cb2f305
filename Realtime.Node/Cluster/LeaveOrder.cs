using Akka;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace Realtime.Node.Cluster;

/// <summary>
/// In which order the actors of a node end when it leaves. Who sends to a shard region ends before the region does: a region that is shutting
/// down keeps what comes for a shard that has stopped, and waits with it until the time of its phase is over.
/// </summary>
internal static class LeaveOrder
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Connections and feeds: stopped once their clients have been told.</summary>
    public static void StopFirst(ActorSystem system, string name, IActorRef actor) =>
        Add(system, CoordinatedShutdown.PhaseServiceStop, name, () => actor.GracefulStop(StopTimeout));

    /// <summary>A region that sends to another one.</summary>
    public static void StopBeforeOtherRegions(ActorSystem system, string name, IActorRef region) =>
        Add(system, CoordinatedShutdown.PhaseBeforeClusterShutdown, name, () =>
        {
            region.Tell(GracefulShutdown.Instance);
            return region.WatchAsync();
        });

    /// <summary>Of a region that hands its shards over to other nodes: what of that is to be done when it has stopped.</summary>
    /// <param name="before">Called before any region begins to stop.</param>
    public static void AwaitAfterRegions(ActorSystem system, string name, Action before, IActorRef region, Func<Task> after)
    {
        Add(system, CoordinatedShutdown.PhaseServiceStop, name, () =>
        {
            before();
            return Task.CompletedTask;
        });
        Add(system, CoordinatedShutdown.PhaseClusterShardingShutdownRegion, name, async () =>
        {
            await region.WatchAsync().ConfigureAwait(false);
            await after().ConfigureAwait(false);
        });
    }

    private static void Add(ActorSystem system, string phase, string name, Func<Task> stop) =>
        CoordinatedShutdown.Get(system).AddTask(phase, "stop-" + name, async () =>
        {
            await stop().ConfigureAwait(false);
            return Done.Instance;
        });
}
