using Realtime.Node.Channels.Keepers;
using Realtime.Node.Events.Writing;
using Realtime.Node.Persistence;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Telemetry.Tracing;

namespace Realtime.Node.Channels;

/// <summary>What all channels of a node share.</summary>
public sealed record ChannelSettings(ChannelPolicy Policy, EventLogSettings Logs, HostedChannels Hosted)
{
    public ChannelInstruments Metrics { get; init; } = new();

    public NodeTracing Tracing { get; init; } = NodeTracing.Off;

    /// <summary>What is under way to other nodes.</summary>
    public PeerWindows Peers { get; init; } = new();

    /// <summary>Where logs of memory channels stay between two owners.</summary>
    public ChannelKeepers Keepers { get; init; } = ChannelKeepers.None;

    public LostLogs Lost { get; init; } = LostLogs.Off;

    public RememberedRosters Remembered { get; init; } = RememberedRosters.None;

    internal EventReporting Reporting { get; init; } = EventReporting.None;
}
