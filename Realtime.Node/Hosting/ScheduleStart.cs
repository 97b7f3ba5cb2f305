using Akka.Actor;
using Realtime.Node.Asking;
using Realtime.Node.Publishing;
using Realtime.Node.Schedules;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Hosting;

/// <summary>Starts what keeps the schedules of the cluster, once the node is there.</summary>
internal sealed class ScheduleStart(IServiceProvider services, NodeSettings settings)
{
    private IActorRef? _scheduler;

    /// <summary>Reaches the scheduler, on whatever node that is.</summary>
    public IActorRef Scheduler => _scheduler ?? throw new InvalidOperationException("The node has not started.");

    public void Start(ActorSystem system)
    {
        var (publisher, time) = (services.GetRequiredService<Publisher>(), services.GetRequiredService<TimeProvider>());
        var log = new ScheduleLog(services.GetRequiredService<ChannelAsks>(), publisher);
        _scheduler = system.StartSchedules(new ScheduleSetup(
            settings.Schedules,
            log,
            new ScheduleFiring(log, publisher, services.GetRequiredService<SessionActions>(), time, settings.Channels.SequenceWindow),
            services.GetRequiredService<NodeInstruments>().Schedules,
            time,
            new ScheduleLogging(services.GetRequiredService<ILogger<ScheduleLogging>>())));
    }
}
