using Realtime.Node.Persistence;

namespace Realtime.Node.Channels;

/// <summary>What all channels of a node share.</summary>
public sealed record ChannelSettings(ChannelPolicy Policy, EventLogSettings Logs, HostedChannels Hosted);
