using Akka.Hosting;
using Realtime.Messages.Channels;
using Realtime.Messages.Cluster;
using Realtime.Node.Channels;
using Realtime.Node.Channels.Keepers;
using Realtime.Node.Asking;
using Realtime.Node.Cluster;
using Realtime.Node.Outboxes;
using Realtime.Node.Outboxes.Logs;
using Realtime.Node.Events;
using Realtime.Node.Events.Writing;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Members;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Sessions;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Telemetry.Tracing;

namespace Realtime.Node.Hosting;

/// <summary>The sessions and channels of a node: what they are made with, and who was present before anything started.</summary>
internal sealed class NodeEntities(
    NodeSettings settings, Journals journals, NodeCluster cluster, NodeInstruments metrics, NodeTracing tracing, Func<IEventInterest> interest, TimeProvider time, ILoggerFactory loggers)
{
    private readonly HostedChannels _hosted = new();

    private bool ShowsOrphans => settings.Channels.UnclaimedGrace > TimeSpan.Zero && settings.Namespaces.All.Any(space => space.Presence);

    /// <summary>
    /// Members that the end of all nodes cut off have a grace time to come back before they are shown as left. Not only the first node that is
    /// there again reads who they are: channels start on those that come within this time, too.
    /// </summary>
    /// <param name="members">Null: no other process can be on the store.</param>
    public async Task<RememberedRosters> RememberAsync(NodeLife life, IMemberRows? members, CancellationToken cancellation)
    {
        if (!ShowsOrphans)
        {
            return RememberedRosters.None;
        }

        var age = members is null ? null : await members.AgeOfClusterAsync(time, cancellation).ConfigureAwait(false);
        if (age >= settings.Channels.UnclaimedGrace)
        {
            return RememberedRosters.None;
        }

        var present = await StorePatience.TryAsync(
            () => life.ReadPresentSessionsAsync(time.GetUtcNow() - settings.Sessions.TimeToLive, cancellation),
            StorePatience.IsOutOfReach,
            StorePatience.OfStart,
            time,
            cancellation).ConfigureAwait(false);
        return new RememberedRosters(present, settings.Namespaces, age ?? TimeSpan.Zero);
    }

    public void Add(AkkaConfigurationBuilder akka, NodeLife life, RememberedRosters rosters)
    {
        var reporting = EventReporting.None with { Interest = interest() };
        akka.WithEventReports(registry => registry.TryGet<ChannelRegion>(out var region) ? region : null)
            .WithChannels(settings.Namespaces, Channels(life, rosters) with { Reporting = reporting }, new SqlKeptLogs(journals.Store), settings.AgeSweep, cluster.AllocationOf(EntityKind.Channel))
            .WithSessions(
                Sessions(life) with { Reporting = reporting },
                new SqlIdleSessions(journals.Store),
                new IdleSweepPolicy { TimeToLive = settings.Sessions.TimeToLive },
                new SqlPresentSessions(journals.Store),
                LostSessions(),
                cluster.AllocationOf(EntityKind.Session));
    }

    /// <summary>What brings events to those who take them. Comes after the entities.</summary>
    public void AddDelivery(AkkaConfigurationBuilder akka, IReadOnlyList<DeliveryTarget> targets) => akka.WithDelivery(registry =>
    {
        var (channels, sessions) = (registry.Get<ChannelRegion>(), registry.Get<SessionRegion>());
        foreach (var target in targets)
        {
            metrics.Events.Know(target.Name);
        }

        var asks = new ChannelAsks(() => channels, time);
        return new DeliverySetup(
            targets,
            new DeliveryChannels(asks, time),
            new ReportRequests(asks, new SessionAsks(() => sessions, time), time),
            metrics.Events,
            new DeliveryLog(loggers.CreateLogger<DeliveryLog>()),
            time);
    });

    private LostSessionPolicy? LostSessions() => ShowsOrphans
        ? new LostSessionPolicy { Grace = settings.Channels.UnclaimedGrace, TimeToLive = settings.Sessions.TimeToLive }
        : null;

    private ChannelSettings Channels(NodeLife life, RememberedRosters rosters) => new(settings.Channels, life.Logs(LogKind.Channel), _hosted)
    {
        Metrics = metrics.Channels,
        Tracing = tracing,
        Remembered = rosters,
        Lost = new LostLogs(loggers.CreateLogger<LostLogs>(), metrics.Channels.LogsLost, time),
    };

    private SessionSettings Sessions(NodeLife life) => new(settings.Sessions, settings.Node, life.Logs(LogKind.Session), journals.Sessions.NewIds)
    {
        Metrics = metrics.Channels,
    };
}
