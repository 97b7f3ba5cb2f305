using System.Net.Sockets;
using Akka.Actor;
using Akka.Hosting;
using Realtime.Messages.Channels;
using Realtime.Messages.Cluster;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Channels;
using Realtime.Node.Channels.Keepers;
using Realtime.Node.Cluster;
using Realtime.Node.Configuration;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Node.Feeds;
using Realtime.Node.Gateway;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Operations;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Members;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Sessions;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Telemetry.Tracing;

namespace Realtime.Node.Hosting;

/// <summary>
/// Puts one node together and takes it apart again: the store, then the actor system with everything in it. Knows nothing of HTTP.
/// </summary>
/// <param name="journals">Over the store of this node, which is not open yet.</param>
public sealed class NodeRuntime(
    NodeSettings settings, Journals journals, ITokenVerifier tokens, ClusterStanding standing, NodeInstruments metrics, TimeProvider time, ILoggerFactory loggers)
    : IAsyncDisposable
{
    /// <summary>From the end of a node until the others have removed it.</summary>
    private static readonly TimeSpan LossKnownWithin = TimeSpan.FromMinutes(1);

    private readonly NodeTracing _tracing = new(settings.Node.Name, NodeVersion.Text, settings.TraceRatio);
    private readonly HostedChannels _hosted = new();
    private readonly DeadLetterCounts _deadLetters = new();
    private readonly NodeSubscriberCount _subscribers = new();
    private NodeActorSystem? _actors;
    private ClientConnections? _connections;
    private Admission? _admission;
    private readonly NodeCluster _cluster = new(settings, journals, standing, time, loggers);
    private GatewayServices? _gateway;
    private ConnectTickets? _tickets;
    private OperatedNode? _operated;
    private bool _isStopping;
    private volatile bool _hasFailed;

    /// <summary>This node cannot go on: its process has to end, so that another can take its place. The text says why.</summary>
    public event Action<string>? Failed;

    /// <summary>Whether <see cref="Failed"/> was raised.</summary>
    public bool HasFailed => _hasFailed;

    public NodeInstruments Metrics => metrics;

    /// <summary>Pages of the cluster's own nodes may connect to each of them.</summary>
    internal NodeOrigins Origins { get; } = new();

    internal ClientConnections Connections => _connections ?? throw NotStarted();

    internal Admission Admission => _admission ?? throw NotStarted();

    internal GatewayServices Gateway => _gateway ?? throw NotStarted();

    /// <summary>What operators see and steer.</summary>
    internal OperatedNode Operated => _operated ?? throw NotStarted();

    /// <summary>The cluster around it, as far as it is known.</summary>
    internal OperatedCluster OperatedCluster => _cluster.Operated(_deadLetters, () => (_actors ?? throw NotStarted()).System);

    /// <summary>Where it listens to operators, for the other nodes.</summary>
    internal string? OperatorUrl
    {
        set => _cluster.OperatorUrl = value;
    }

    /// <summary>Opens the store and starts everything on top of it; ends when this node is a member of its cluster.</summary>
    /// <exception cref="StoreFaultException">The store cannot be opened, or not be read; the node does not start.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        try
        {
            await StartOnStoreAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception fault) when (StoreFailures.IsOfDatabase(fault))
        {
            throw new StoreFaultException(StoreFault.CannotOpen, $"The store failed while the node started: {StoreFailures.TextOf(fault)}.", fault);
        }
    }

    private async Task StartOnStoreAsync(CancellationToken cancellation)
    {
        NodeGauges.Register(metrics.Meter, settings, journals, _deadLetters, _cluster.Map);
        journals.Store.ClaimLost += Fail;
        await journals.Store.OpenAsync(cancellation).ConfigureAwait(false);
        var members = journals.Store.Members;
        HearOrigins(members);
        var life = new NodeLife(journals, loggers);
        var rosters = settings.Role is ProgramRole.Node && ShowsOrphans
            ? await RememberAsync(life, members, cancellation).ConfigureAwait(false)
            : RememberedRosters.None;
        _actors = await StartActorsAsync(akka => Configure(akka, life, rosters, members), cancellation).ConfigureAwait(false);
        if (settings.Role is ProgramRole.Node)
        {
            _operated = new OperatedNode(settings.Node, _actors.Actors, Connections);
        }

        _ = ReportEndAsync(_actors);
    }

    /// <exception cref="ListenFaultException">It cannot listen where other nodes are to reach it.</exception>
    private async Task<NodeActorSystem> StartActorsAsync(Action<AkkaConfigurationBuilder> configure, CancellationToken cancellation)
    {
        try
        {
            return await NodeActorSystem.StartAsync(loggers, configure, cancellation).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault.GetBaseException() is var cause && cause.GetBaseException() is SocketException)
        {
            // In two steps: an aggregate's own base is what it aggregates, whatever caused that.
            throw new ListenFaultException(new ListeningAddress(settings.Actors.Host, settings.Actors.Port, "--cluster-port"), cause);
        }
    }

    private void Configure(AkkaConfigurationBuilder akka, NodeLife life, RememberedRosters rosters, IMemberRows? members)
    {
        akka.WithRealtimeCluster(members is null ? ActorSystemSettings.Alone : settings.Actors, _deadLetters, loggers)
            .WithRealtimeJournal(journals);
        if (settings.Role is ProgramRole.Node)
        {
            AddEntities(akka, life, rosters);
        }
        else
        {
            akka.WithActors(async (system, _) => OpenGateway(await ReadKeysAsync(life, system).ConfigureAwait(false)));
        }

        _cluster.AddMap(akka, life.Incarnation);
        akka.WithMembership(members, standing, Regions, time, loggers);
    }

    /// <summary>What holds and serves: sessions, channels and clients.</summary>
    private void AddEntities(AkkaConfigurationBuilder akka, NodeLife life, RememberedRosters rosters)
    {
        akka.WithChannels(
                settings.Namespaces, Channels(life, rosters), new SqlKeptLogs(journals.Store), settings.AgeSweep, _cluster.AllocationOf(EntityKind.Channel))
            .WithSessions(
                Sessions(life),
                new SqlIdleSessions(journals.Store),
                new IdleSweepPolicy { TimeToLive = settings.Sessions.TimeToLive },
                new SqlPresentSessions(journals.Store),
                LostSessions(),
                _cluster.AllocationOf(EntityKind.Session))
            .WithFeeds(registry => Feeds(life, registry))
            .WithConnections((system, registry) => StartConnectionsAsync(life, system, registry), started => _connections = started);
        _cluster.AddMover(akka, () => (Connections, Admission, _tickets ?? throw NotStarted()));
    }

    private void HearOrigins(IMemberRows? members)
    {
        Origins.Hear([settings.ClientUrl]);
        if (members is null)
        {
            return;
        }

        // Rows go when their processes do, so they are looked at all the time and not when a page asks.
        members.Pictured += Hear;
        if (members.Picture is { } picture)
        {
            Hear(picture);
        }

        void Hear(MemberPicture seen) => Origins.Hear(seen.Rows.Select(row => row.ClientUrl));
    }

    /// <summary>Whether another node takes what this one gives away.</summary>
    internal bool HasOtherNodes => _cluster.HasOtherNodes;

    /// <summary>Gives all shards of this node to others. Ends when it holds none, or when none takes them.</summary>
    internal Task GiveShardsAwayAsync(CancellationToken cancellation) => _cluster.GiveShardsAwayAsync(cancellation);

    /// <summary>Sends all clients to other nodes.</summary>
    internal Task MoveAwayAsync(TimeSpan window, CancellationToken cancellation) => _cluster.MoveAwayAsync(window, cancellation);

    /// <summary>Says goodbye to every connection.</summary>
    public Task CloseAsync(CancellationToken cancellation) =>
        _connections?.CloseAllAsync(CloseCode.Restart, cancellation) ?? Task.CompletedTask;

    /// <summary>
    /// Lets the entities write what they have to and leaves the cluster; the row of this process ends after that. A node that has failed only ends: what it held has other owners, or
    /// nothing can be written.
    /// </summary>
    public async Task LeaveAsync(CancellationToken cancellation)
    {
        _isStopping = true;
        if (_actors is { } actors)
        {
            await (HasFailed ? actors.EndAsync() : actors.StopAsync()).WaitAsync(cancellation).ConfigureAwait(false);
        }

        if (!HasFailed && journals.Store.Members is { } members)
        {
            await members.EndAsync().WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Says goodbye to every connection and leaves, until done or until cancelled.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        await CloseAsync(cancellation).ConfigureAwait(false);
        await LeaveAsync(cancellation).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        if (_actors is { } actors)
        {
            await actors.DisposeAsync().ConfigureAwait(false);
        }

        _tracing.Dispose();
    }

    /// <summary>
    /// Members that the end of all nodes cut off have a grace time to come back before they are shown as left. Not only the first node that is
    /// there again reads who they are: channels start on those that come within this time, too.
    /// </summary>
    private async Task<RememberedRosters> RememberAsync(NodeLife life, IMemberRows? members, CancellationToken cancellation)
    {
        var age = members is null ? null : await members.AgeOfClusterAsync(cancellation).ConfigureAwait(false);
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

    private LostSessionPolicy? LostSessions() => ShowsOrphans
        ? new LostSessionPolicy { Grace = settings.Channels.UnclaimedGrace, TimeToLive = settings.Sessions.TimeToLive }
        : null;

    private bool ShowsOrphans => settings.Channels.UnclaimedGrace > TimeSpan.Zero && settings.Namespaces.All.Any(space => space.Presence);

    private ChannelSettings Channels(NodeLife life, RememberedRosters rosters) => new(settings.Channels, life.Logs(LogKind.Channel), _hosted)
    {
        Metrics = metrics.Channels,
        Tracing = _tracing,
        Remembered = rosters,
        Lost = new LostLogs(loggers.CreateLogger<LostLogs>(), metrics.Channels.LogsLost, time),
    };

    private SessionSettings Sessions(NodeLife life) => new(settings.Sessions, settings.Node, life.Logs(LogKind.Session), journals.Sessions.NewIds)
    {
        Metrics = metrics.Channels,
    };

    private FeedSetup Feeds(NodeLife life, IActorRegistry registry) =>
        new(new FeedId(settings.Node, life.Incarnation), registry.Get<ChannelRegion>(), settings.Namespaces)
        {
            Channels = metrics.Channels,
            Connections = metrics.Connections,
            Subscribers = _subscribers,
            Tracing = _tracing,
            Log = new FeedLogging(loggers.CreateLogger<FeedLogging>()),
        };

    /// <summary>The keys of the tokens are in the store, so connections begin when they have been read.</summary>
    private async Task<ConnectionsSetup> StartConnectionsAsync(NodeLife life, ActorSystem system, IActorRegistry registry)
    {
        var keys = await ReadKeysAsync(life, system).ConfigureAwait(false);
        var (tickets, resumeTokens) = OpenGateway(keys);
        _admission = new Admission(
            settings.Admission, settings.Connections.CrashWindow, settings.Node, tickets, time, new Random(), loggers.CreateLogger<Admission>());
        var rules = new ConnectionSetup(settings.Node, settings.Connections, settings.Namespaces, tokens, resumeTokens)
        {
            Arrivals = _admission,
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
            NewSessions = new NewSessions(() => _cluster.Map.Current),
            Metrics = metrics.Connections,
            Subscribers = _subscribers,
            Tracing = _tracing,
        };
    }

    private static Task<IReadOnlyDictionary<byte, byte[]>> ReadKeysAsync(NodeLife life, ActorSystem system) =>
        ResumeKeys.ReadOrCreateAsync(system, life.Logs(LogKind.Keys));

    private (ConnectTickets Tickets, ResumeTokens ResumeTokens) OpenGateway(IReadOnlyDictionary<byte, byte[]> keys)
    {
        var (tickets, resumeTokens) = (new ConnectTickets(keys), new ResumeTokens(keys));
        _tickets = tickets;
        _gateway = new GatewayServices(
            settings.Node,
            settings.ClientUrl,
            _cluster.Places,
            () => _cluster.Connections,
            tickets,
            resumeTokens,
            new WaitingRoom(settings.Admission.GatewayRequests, 4.0 * settings.Admission.GatewayRequests, GatewayEndpoint.Patience));
        return (tickets, resumeTokens);
    }

    /// <summary>An actor system that ends by itself, as one that was declared down does, leaves a process that serves nobody.</summary>
    private async Task ReportEndAsync(NodeActorSystem actors)
    {
        await actors.Ended.ConfigureAwait(false);
        if (!_isStopping)
        {
            Fail("its actor system has ended");
        }
    }

    private void Fail(string why)
    {
        _hasFailed = true;
        Failed?.Invoke(why);
    }

    private Dictionary<string, IActorRef> Regions(IActorRegistry registry) => settings.Role is ProgramRole.Lighthouse ? [] : new()
    {
        [ChannelRegistration.RegionName] = registry.Get<ChannelRegion>(),
        [SessionRegistration.RegionName] = registry.Get<SessionRegion>(),
    };

    private static InvalidOperationException NotStarted() => new("The node has not started.");
}
