using Realtime.Messages.Ids;
using Realtime.Node.Channels;
using Realtime.Node.Cluster;
using Realtime.Node.Connections;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Namespaces;
using Realtime.Node.Schedules.Core;
using Realtime.Node.Sessions;
using Realtime.Node.Webhooks;

namespace Realtime.Node.Hosting;

/// <summary>
/// Everything the running node goes by: checked, complete, immutable. What an operator wrote is <c>RealtimeOptions</c>;
/// the way from there to here collects every fault, so nothing behind this type checks configuration again.
/// </summary>
public sealed record NodeSettings
{
    public required NodeId Node { get; init; }

    public ProgramRole Role { get; init; } = ProgramRole.Node;

    public required NamespaceTable Namespaces { get; init; }

    public SessionPolicy Sessions { get; init; } = new();

    public ChannelPolicy Channels { get; init; } = new();

    public AgeSweepPolicy AgeSweep { get; init; } = new();

    public ScheduleBounds Schedules { get; init; } = new();

    public ConnectionPolicy Connections { get; init; } = new();

    public LimitsPolicy Limits { get; init; } = new();

    public AdmissionPolicy Admission { get; init; } = new();

    /// <summary>Where clients reach this very node, without a slash at the end; null when they cannot choose it.</summary>
    public string? ClientUrl { get; init; }

    /// <summary>Where this node's actor system listens, on a store that several nodes share.</summary>
    public ActorSystemSettings Actors { get; init; } = ActorSystemSettings.Alone;

    /// <summary>Null: operators are not listened to.</summary>
    public OperatorSettings? Operator { get; init; }

    /// <summary>Host name or IP address the node listens on: <c>localhost</c>, <c>*</c> or one address.</summary>
    public string Address { get; init; } = "localhost";

    /// <summary>TCP port for clients; 0 lets the system choose.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>Sockets at a time, upgraded or not; beyond it the TCP connection is closed at once.</summary>
    public int MaxConnections { get; init; } = 50_000;

    /// <summary>Origins of pages that may connect beside the node's own; <c>*</c> means any.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>Share of publishes that are traced while somebody listens, 0 to 1.</summary>
    public double TraceRatio { get; init; } = 0.01;

    /// <summary>Sessions this node is meant to hold: its share of the shards follows from it.</summary>
    public int Capacity { get; init; } = 25_000;

    /// <summary>By what the application's tokens are judged.</summary>
    public TokenSettings Tokens { get; init; } = new();

    /// <summary>The application's endpoints.</summary>
    internal WebhookSettings Webhooks { get; init; } = new();

    /// <summary>Over how long a node that stops or is drained asks its connections to go to other nodes.</summary>
    public TimeSpan DrainWindow { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the node takes to say goodbye and flush before the host stops.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
