using Akka;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Realtime.Node.Events;

namespace Realtime.Node.Outboxes;

/// <summary>Adds the workers of the outboxes to a node's actor system.</summary>
internal static class DeliveryRegistration
{
    private const string Name = "outbox";

    /// <summary>A worker whose node was lost is started again by the next of these.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(1);

    /// <summary>Comes after channels. Where nobody takes events there are no workers.</summary>
    public static AkkaConfigurationBuilder WithDelivery(this AkkaConfigurationBuilder builder, Func<IActorRegistry, DeliverySetup> setup) =>
        builder.WithActors((system, registry) =>
        {
            var own = setup(registry);
            if (own.Targets.Count == 0)
            {
                return;
            }

            // One worker for each outbox in the cluster, spread over its nodes.
            ShardedDaemonProcess.Get(system).Init(
                Name,
                OutboxPartition.Count,
                number => OutboxWorker.PropsOf(own, OutboxPartition.At(number)),
                ShardedDaemonProcessSettings.Create(system).WithKeepAliveInterval(KeepAlive),
                OutboxWorker.Stop.Instance);

            // Before any region stops: the places are on logs of the channels.
            CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseServiceStop, "rest-outbox-workers", async () =>
            {
                await own.Hosted.RestAsync().ConfigureAwait(false);
                return Done.Instance;
            });
        });
}
