using Akka.Actor;
using Realtime.Node.Connections.Core;
using Realtime.Node.Feeds;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Telemetry.Tracing;

namespace Realtime.Node.Connections;

/// <summary>What the connections of a node are made with.</summary>
/// <param name="Sessions">The shard region of sessions.</param>
/// <param name="Channels">The shard region of channels.</param>
/// <param name="Feeds">The router of <see cref="FeedHub"/>s.</param>
internal sealed record ConnectionsSetup(
    ConnectionSetup Rules, IActorRef Sessions, IActorRef Channels, IActorRef Feeds, TimeProvider Time, ConnectionLogging Log)
{
    private readonly long _started = Time.GetTimestamp();

    /// <summary>Parents of connections: a parent's table of children stays small, and as many connections can be opened at once.</summary>
    public int Parts { get; init; } = 16;

    /// <summary>How often connections are looked at for what is due. Every fourth time their traffic is looked at, too.</summary>
    public TimeSpan SweepEvery { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often other nodes hear which of their sessions are held here.</summary>
    public TimeSpan RenewEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long it is known what an ended connection held: a session's grace time, and until the loss of a node that ended within it is known.
    /// </summary>
    public TimeSpan KeepEnded { get; init; } = TimeSpan.FromSeconds(70);

    /// <summary>Null: the application has no code in this process.</summary>
    public IApplication? Application { get; init; }

    public NewSessions NewSessions { get; init; } = NewSessions.Anywhere;

    public ConnectionInstruments Metrics { get; init; } = new();

    public NodeTracing Tracing { get; init; } = NodeTracing.Off;

    public ConnectionCounts Counts { get; } = new();

    /// <summary>Subscriptions of this node, as its feeds count them.</summary>
    public NodeSubscriberCount Subscribers { get; init; } = new();

    public Moment Now => new((long)Time.GetElapsedTime(_started).TotalMilliseconds, Time.GetUtcNow());
}
