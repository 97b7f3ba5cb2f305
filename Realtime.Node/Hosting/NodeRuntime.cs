using System.Net.Sockets;
using Akka.Actor;
using Akka.Hosting;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Channels;
using Realtime.Node.Cluster;
using Realtime.Node.Configuration;
using Realtime.Node.Connections;
using Realtime.Node.Events;
using Realtime.Node.Gateway;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Operations;
using Realtime.Node.Outboxes;
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
public sealed class NodeRuntime : IAsyncDisposable
{
    private static readonly TimeSpan RevocationsPatience = TimeSpan.FromSeconds(5);

    private readonly NodeSettings _settings;
    private readonly Journals _journals;
    private readonly ClusterStanding _standing;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly NodeTracing _tracing;
    private readonly DeadLetterCounts _deadLetters = new();
    private readonly NodeCluster _cluster;
    private readonly NodeEntities _entities;
    private readonly NodeClients _clients;
    private NodeActorSystem? _actors;
    private OperatedNode? _operated;
    private bool _isStopping;
    private volatile bool _hasFailed;

    /// <param name="journals">Over the store of this node, which is not open yet.</param>
    public NodeRuntime(
        NodeSettings settings, Journals journals, ITokenVerifier tokens, ClusterStanding standing, NodeInstruments metrics, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (_settings, _journals, _standing, Metrics, _time, _loggers) = (settings, journals, standing, metrics, time, loggers);
        _tracing = new NodeTracing(settings.Node.Name, NodeVersion.Text, settings.TraceRatio);
        _cluster = new NodeCluster(settings, journals, standing, time, loggers);
        _entities = new NodeEntities(settings, journals, _cluster, metrics, _tracing, () => EventInterest, time, loggers);
        _clients = new NodeClients(settings, _cluster, tokens, () => Application, metrics, _tracing, time, loggers);
    }

    /// <summary>This node cannot go on: its process has to end, so that another can take its place. The text says why.</summary>
    public event Action<string>? Failed;

    /// <summary>Whether <see cref="Failed"/> was raised.</summary>
    public bool HasFailed => _hasFailed;

    public NodeInstruments Metrics { get; }

    /// <summary>The application's code, if it has any in this process. To be set before the start.</summary>
    internal IApplication? Application { get; set; }

    /// <summary>Who takes events. To be set before the start.</summary>
    internal IReadOnlyList<DeliveryTarget> EventTargets { get; set; } = [];

    /// <summary>What anybody wants to learn of as it happens. To be set before the start.</summary>
    internal IEventInterest EventInterest { get; set; } = Events.EventInterest.None;

    /// <summary>Pages of the cluster's own nodes may connect to each of them.</summary>
    internal NodeOrigins Origins { get; } = new();

    internal ClientConnections Connections => _clients.Connections;

    internal Admission Admission => _clients.Admission;

    internal SocketLimits SocketLimits => _clients.Limits;

    internal GatewayServices Gateway => _clients.Gateway;

    internal IRevocations Revocations => _clients.Revocations;

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
        NodeGauges.Register(Metrics.Meter, _settings, _journals, _deadLetters, _cluster.Map);
        _journals.Store.ClaimLost += Fail;
        await _journals.Store.OpenAsync(cancellation).ConfigureAwait(false);
        var members = _journals.Store.Members;
        HearOrigins(members);
        var life = new NodeLife(_journals, _loggers);
        var rosters = _settings.Role is ProgramRole.Node ? await _entities.RememberAsync(life, members, cancellation).ConfigureAwait(false) : RememberedRosters.None;
        _actors = await StartActorsAsync(akka => Configure(akka, life, rosters, members), cancellation).ConfigureAwait(false);
        if (_settings.Role is ProgramRole.Node)
        {
            _operated = new OperatedNode(_settings.Node, _actors.Actors, Connections) { Limits = _clients.MostLimited };
            await KnowRevocationsAsync(cancellation).ConfigureAwait(false);
        }

        _ = ReportEndAsync(_actors);
    }

    /// <summary>Until it knows, it lets nobody in by a token; most of the time it knows at once, and then no client meets that.</summary>
    private async Task KnowRevocationsAsync(CancellationToken cancellation)
    {
        try
        {
            await _clients.RevocationsRead.WaitAsync(RevocationsPatience, TimeProvider.System, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It goes on asking, and says so.
        }
    }

    /// <exception cref="ListenFaultException">It cannot listen where other nodes are to reach it.</exception>
    private async Task<NodeActorSystem> StartActorsAsync(Action<AkkaConfigurationBuilder> configure, CancellationToken cancellation)
    {
        try
        {
            return await NodeActorSystem.StartAsync(_loggers, configure, cancellation).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault.GetBaseException() is var cause && cause.GetBaseException() is SocketException)
        {
            // In two steps: an aggregate's own base is what it aggregates, whatever caused that.
            throw new ListenFaultException(new ListeningAddress(_settings.Actors.Host, _settings.Actors.Port, "--cluster-port"), cause);
        }
    }

    private void Configure(AkkaConfigurationBuilder akka, NodeLife life, RememberedRosters rosters, IMemberRows? members)
    {
        var alone = ActorSystemSettings.Alone with { Overrides = _settings.Actors.Overrides };
        akka.WithRealtimeCluster(members is null ? alone : _settings.Actors, _deadLetters, _loggers)
            .WithRealtimeJournal(_journals);
        if (_settings.Role is ProgramRole.Node)
        {
            _entities.Add(akka, life, rosters);
            _clients.Add(akka, life);
            _entities.AddDelivery(akka, EventTargets);
        }
        else
        {
            _clients.AddGateway(akka, life);
        }

        _cluster.AddMap(akka, life.Incarnation);
        akka.WithMembership(members, _standing, Regions, _time, _loggers);
    }

    private void HearOrigins(IMemberRows? members)
    {
        Origins.Hear([_settings.ClientUrl]);
        if (members is null)
        {
            return;
        }

        Origins.Hear(members.EndedUrls);

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
    public Task CloseAsync(CancellationToken cancellation) => _clients.CloseAllAsync(cancellation);

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

        if (!HasFailed && _journals.Store.Members is { } members)
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

    private Dictionary<string, IActorRef> Regions(IActorRegistry registry) => _settings.Role is ProgramRole.Lighthouse ? [] : new()
    {
        [ChannelRegistration.RegionName] = registry.Get<ChannelRegion>(),
        [SessionRegistration.RegionName] = registry.Get<SessionRegion>(),
    };

    private static InvalidOperationException NotStarted() => new("The node has not started.");
}
