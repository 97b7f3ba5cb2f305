using Akka.Actor;
using Akka.Hosting;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Node.Asking;
using Realtime.Node.Auth;
using Realtime.Node.Channels;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Node.Feeds;
using Realtime.Node.Gateway;
using Realtime.Node.Persistence;
using Realtime.Node.Revocations;
using Realtime.Node.Sessions;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Telemetry.Tracing;

namespace Realtime.Node.Hosting;

/// <summary>What clients reach of a node: their connections and feeds, who is let in, and where they are sent. All of it is there when the keys of its tokens have been read.</summary>
internal sealed class NodeClients(
    NodeSettings settings,
    NodeCluster cluster,
    ITokenVerifier tokens,
    Func<IApplication?> application,
    NodeInstruments metrics,
    NodeTracing tracing,
    TimeProvider time,
    ILoggerFactory loggers)
{
    /// <summary>From the end of a node until the others have removed it.</summary>
    private static readonly TimeSpan LossKnownWithin = TimeSpan.FromMinutes(1);

    private readonly UserQuotas _users = new(settings.Limits);
    private readonly NodeSubscriberCount _subscribers = new();
    private readonly RevocationList _revocations = new();
    private readonly RevocationReports _revocationReports = new(loggers.CreateLogger<RevocationReports>());
    private IActorRegistry? _actors;
    private ClientConnections? _connections;
    private Admission? _admission;
    private GatewayServices? _gateway;

    public ClientConnections Connections => _connections ?? throw NotStarted();

    public Admission Admission => _admission ?? throw NotStarted();

    public GatewayServices Gateway => _gateway ?? throw NotStarted();

    public MostLimited MostLimited => new(Limits, _users);

    /// <summary>Of sockets before they are connections.</summary>
    public SocketLimits Limits { get; } = new(settings.Limits, metrics.Connections, time);

    /// <summary>Ends when this node knows what was revoked before it started.</summary>
    public Task RevocationsRead => _revocations.Read;

    /// <summary>Asked after the start only.</summary>
    public IRevocations Revocations => new RevocationLog(
        new ChannelAsks(() => (_actors ?? throw NotStarted()).Get<ChannelRegion>(), time), () => (_actors ?? throw NotStarted()).Get<RevocationFollower>(), _revocationReports, time);

    /// <summary>Comes after sessions and channels.</summary>
    public void Add(AkkaConfigurationBuilder akka, NodeLife life)
    {
        akka.WithRevocations(registry => (_actors = registry).Get<ChannelRegion>(), _revocations, _revocationReports);
        akka.WithFeeds(registry => Feeds(life, registry)).WithConnections((system, registry) => StartAsync(life, system, registry), started => _connections = started);
        cluster.AddMover(akka, () => (Connections, Admission, Gateway.Tickets));
    }

    /// <summary>Of a lighthouse, which has nothing else for clients.</summary>
    public void AddGateway(AkkaConfigurationBuilder akka, NodeLife life) => akka.WithActors(async (system, _) => await OpenGatewayAsync(life, system).ConfigureAwait(false));

    /// <summary>Says goodbye to every connection.</summary>
    public Task CloseAllAsync(CancellationToken cancellation) => _connections?.CloseAllAsync(CloseCode.Restart, cancellation) ?? Task.CompletedTask;

    private FeedSetup Feeds(NodeLife life, IActorRegistry registry) =>
        new(new FeedId(settings.Node, life.Incarnation), registry.Get<ChannelRegion>(), settings.Namespaces)
        {
            Channels = metrics.Channels,
            Connections = metrics.Connections,
            Subscribers = _subscribers,
            Tracing = tracing,
            Log = new FeedLogging(loggers.CreateLogger<FeedLogging>()),
        };

    private async Task<ConnectionsSetup> StartAsync(NodeLife life, ActorSystem system, IActorRegistry registry)
    {
        var gateway = await OpenGatewayAsync(life, system).ConfigureAwait(false);
        _admission = new Admission(
            settings.Admission, settings.Connections.CrashWindow, settings.Node, gateway.Tickets, time, new Random(), loggers.CreateLogger<Admission>());
        var code = application();
        var rules = new ConnectionSetup(settings.Node, settings.Connections, settings.Namespaces, new RevokingVerifier(tokens, _revocations), gateway.ResumeTokens)
        {
            Application = code,
            Revocations = _revocations,
            Arrivals = _admission,
            Limits = settings.Limits,
            Users = _users,
            Anonymous = new AnonymousSessions(new AnonymousPolicy
            {
                Bytes = settings.Connections.AnonymousBytes,
                Rate = settings.Connections.AnonymousRate,
                Keep = settings.Sessions.Grace + settings.Sessions.TimeToLive,
                WriteBehind = settings.Sessions.WriteBehind,
            }),
        };
        return new ConnectionsSetup(
            rules,
            registry.Get<SessionRegion>(),
            registry.Get<ChannelRegion>(),
            registry.Get<FeedHub>(),
            time,
            new ConnectionLogging(loggers.CreateLogger<ConnectionLogging>()))
        {
            KeepEnded = settings.Sessions.Grace + LossKnownWithin,
            Application = code,
            NewSessions = new NewSessions(() => cluster.Map.Current),
            Metrics = metrics.Connections,
            Subscribers = _subscribers,
            Tracing = tracing,
        };
    }

    /// <summary>The keys of the tokens are in the store.</summary>
    private async Task<GatewayServices> OpenGatewayAsync(NodeLife life, ActorSystem system)
    {
        var keys = await ResumeKeys.ReadOrCreateAsync(system, life.Logs(LogKind.Keys)).ConfigureAwait(false);
        return _gateway = new GatewayServices(
            settings.Node,
            settings.ClientUrl,
            cluster.Places,
            () => cluster.Connections,
            new ConnectTickets(keys),
            new ResumeTokens(keys),
            new WaitingRoom(settings.Admission.GatewayRequests, 4.0 * settings.Admission.GatewayRequests, GatewayEndpoint.Patience));
    }

    private static InvalidOperationException NotStarted() => new("The node has not started.");
}
