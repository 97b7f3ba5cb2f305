using Realtime.Node.Outboxes.Logs;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Outboxes;

/// <summary>What all deliveries of a node have in common.</summary>
internal sealed record DeliverySetup(
    IReadOnlyList<DeliveryTarget> Targets, DeliveryChannels Channels, IReportRequests Requests, EventInstruments Metrics, DeliveryLog Log, TimeProvider Time)
{
    /// <summary>How long the last place of a worker that stops may take: its log may be moving as well.</summary>
    public TimeSpan WritePatience { get; init; } = TimeSpan.FromSeconds(2);

    public HostedWorkers Hosted { get; } = new();
}
