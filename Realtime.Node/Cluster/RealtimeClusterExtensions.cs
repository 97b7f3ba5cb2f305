using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.Logging;
using Realtime.Node.Cluster.Members;
using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Cluster;

/// <summary>The cluster's part of <c>AddAkka</c>.</summary>
public static class RealtimeClusterExtensions
{
    /// <summary>
    /// Configures remoting, cluster and sharding of a node, sends Akka's log lines to the application's loggers and counts dead letters.
    /// Entities are registered after it, and <see cref="WithMembership"/> comes last.
    /// </summary>
    /// <exception cref="ArgumentException">The times of the shutdown do not fit into each other.</exception>
    public static AkkaConfigurationBuilder WithRealtimeCluster(
        this AkkaConfigurationBuilder builder, ActorSystemSettings settings, DeadLetterCounts deadLetters, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Tls is { } tls)
        {
            builder.AddSetup(tls);
        }

        return builder
            .AddHocon(ClusterConfiguration.Of(settings), HoconAddMode.Prepend)
            .AddSetup(new ActorLoggerSetup(loggers))
            .ConfigureLoggers(akka =>
            {
                akka.ClearLoggers();
                akka.AddLogger<ActorLogger>();
            })
            .WithActors((system, registry) =>
            {
                registry.Register<DeadLetterCounter>(system.ActorOf(DeadLetterCounter.Props(deadLetters), "dead-letters"));
                system.ActorOf(RemovedNodes.Props, "removed-nodes");
            });
    }

    /// <summary>
    /// Founds a cluster of one, or joins the one that works on the store that is shared, once everything registered before has started. Ends when this node is Up and its
    /// regions can get shards.
    /// </summary>
    /// <param name="rows">Of the processes on the store; null: no other process can be on it.</param>
    /// <param name="standing">Is kept up to date from then on.</param>
    /// <param name="regions">Those that were registered, by the names of their kinds.</param>
    public static AkkaConfigurationBuilder WithMembership(
        this AkkaConfigurationBuilder builder,
        IMemberRows? rows,
        ClusterStanding standing,
        Func<IActorRegistry, IReadOnlyDictionary<string, IActorRef>> regions,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (rows is null)
        {
            builder.AddStartup((system, _) => ClusterJoin.FoundAsync(system, CancellationToken.None));
        }
        else
        {
            var log = new ClusterLogging(loggers.CreateLogger<ClusterLogging>());
            builder
                .AddSetup(new MemberRowsSetup(rows, time, log))
                .AddStartup((system, _) => system.ActorOf(ClusterJoiner.PropsOf(rows, time, log), "cluster-joiner"));
        }

        return builder.AddStartup((system, registry) =>
        {
            registry.Register<ClusterStandingWatch>(
                system.ActorOf(ClusterStandingWatch.PropsOf(standing, regions(registry)), "cluster-standing"));
            return standing.Settled;
        });
    }
}
