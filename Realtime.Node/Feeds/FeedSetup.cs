using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Node.Namespaces;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Telemetry.Tracing;

namespace Realtime.Node.Feeds;

/// <summary>What the feeds of a node are made with.</summary>
/// <param name="Feed">This node in this life, as channels know it.</param>
/// <param name="Region">The shard region of channels; takes <see cref="ChannelRequest"/>s.</param>
internal sealed record FeedSetup(FeedId Feed, IActorRef Region, NamespaceTable Namespaces)
{
    public FeedPolicy Policy { get; init; } = new();

    /// <summary>Null: found by remoting.</summary>
    public INodeActors? Nodes { get; init; }

    /// <summary>Of the ends that messages have of their own.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public AttemptCounter Attempts { get; } = new();

    /// <summary>Subscribers of all feeds.</summary>
    public NodeSubscriberCount Subscribers { get; init; } = new();

    public ChannelInstruments Channels { get; init; } = new();

    public ConnectionInstruments Connections { get; init; } = new();

    public NodeTracing Tracing { get; init; } = NodeTracing.Off;

    public FeedLogging Log { get; init; } = FeedLogging.Off;
}
