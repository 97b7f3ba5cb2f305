using System.Buffers.Binary;
using System.Security.Cryptography;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Auth;
using Realtime.Node.Channels;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Node.Gateway;
using Realtime.Node.Operations;
using Realtime.Node.Operations.Records;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Sessions;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Telemetry.Tracing;

namespace Realtime.Node.Hosting;

/// <summary>Puts one node together and takes it apart again. Knows nothing of HTTP.</summary>
/// <param name="figures">Null: some of its own, which nobody exports.</param>
public sealed class NodeRuntime(
    NodeSettings settings, IStore store, ITokenVerifier tokens, TimeProvider time, ILoggerFactory loggers, NodeFigures? figures = null,
    NodeReadiness? readiness = null)
    : IDisposable, IAsyncDisposable
{
    private const int SweepLimit = 1000;

    private readonly TimerQueue _timers = new(time);
    private readonly NodeTracing _tracing = new(settings.Node.Name, NodeVersion.Text, settings.TraceRatio);
    private readonly CancellationTokenSource _stopping = new();
    private ICluster? _cluster;
    private ClusterMember? _member;
    private ConnectionRegistry? _connections;
    private Admission? _admission;
    private Mover? _mover;
    private GatewayServices? _gateway;
    private OperatedNode? _operated;
    private IInquiryReceiver? _inquiries;
    private EventRing? _events;
    private Task _background = Task.CompletedTask;

    /// <summary>What it counts, and the rates of the last seconds.</summary>
    public NodeFigures Figures { get; } = figures ?? new NodeFigures(NodeLabels.Of(settings), time);

    internal ConnectionRegistry Connections => _connections ?? throw NotStarted();

    internal Admission Admission => _admission ?? throw NotStarted();

    internal GatewayServices Gateway => _gateway ?? throw NotStarted();

    /// <summary>What operators see and steer.</summary>
    internal OperatedNode Operated => _operated ?? throw NotStarted();

    /// <summary>This node cannot be a member of its cluster any more: its process has to end, so that another can take its place.</summary>
    public event Action<Exception>? Failed;

    /// <summary>Which connections are about to go elsewhere.</summary>
    public MoveSnapshot Moves => _mover?.Snapshot ?? MoveSnapshot.Nothing;

    /// <summary>Names who answers operators and who notes what happens, before the node starts.</summary>
    internal void Use(IInquiryReceiver inquiries, EventRing events) => (_inquiries, _events) = (inquiries, events);

    /// <summary>Opens the store and everything on top of it.</summary>
    /// <exception cref="StoreFaultException">The store cannot be opened; the node does not start.</exception>
    /// <exception cref="NameInUseException">Another process lives in the cluster under this node's name.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var identity = await store.OpenAsync(cancellation).ConfigureAwait(false);
        NodeGauges.Register(Figures.Meter, settings, store, readiness);
        var log = new ConnectionLogging(loggers.CreateLogger<ConnectionLogging>());
        var sessionLog = new SessionLogging(loggers.CreateLogger<SessionLogging>());
        var cluster = CreateCluster(identity);
        _cluster = cluster;
        _cluster.Register(new SessionKind(new SessionServices(
            store, settings.Sessions, settings.Namespaces, _timers, time, sessionLog,
            node => cluster.View.Find(node)?.Incarnation ?? default)
        {
            Figures = Figures.Channels,
        }));
        var channelLog = new ChannelLogging(loggers.CreateLogger<ChannelLogging>());
        var listeners = new ListenerLedger(_cluster, channelLog);
        _cluster.Register(new ChannelKind(new ChannelServices(
            store, settings.Namespaces, settings.Channels, _timers, time, MintEpoch, listeners, channelLog)
        {
            Figures = Figures.Channels,
            Tracing = _tracing,
        }));
        var relay = new Relay(_cluster, settings.Namespaces, listeners, _timers, time, log, Figures.Channels, _tracing);
        var resumeTokens = new ResumeTokens(identity.TokenKeys);
        var tickets = new ConnectTickets(identity.TokenKeys);
        _admission = new Admission(
            settings.Admission, settings.Connections.CrashWindow, settings.Node, tickets, time, new Random(), loggers.CreateLogger<Admission>());
        var setup = new ConnectionSetup(settings.Node, settings.Connections, settings.Namespaces, tokens, resumeTokens)
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
        _connections = new ConnectionRegistry(setup, _cluster, relay, time, log, Figures.Connections, _tracing);
        _mover = new Mover(
            _connections, _cluster, tickets, _admission, settings.Admission, settings.Connections.CrashWindow, time, loggers.CreateLogger<Mover>());
        _gateway = new GatewayServices(_cluster, () => _connections.Count, tickets, resumeTokens, new WaitingRoom(
            settings.Admission.GatewayRequests, 4.0 * settings.Admission.GatewayRequests, GatewayEndpoint.Patience));
        _operated = new OperatedNode(cluster, (IClusterSteering)cluster, _connections, relay, _mover);
        if (_inquiries is { } inquiries)
        {
            cluster.Register(inquiries);
        }

        _events?.Follow(cluster, _operated.Steering);
        var retention = new RetentionSweep(store, settings.Namespaces, _cluster, time, channelLog);
        var adoption = new OrphanAdoption(store, _cluster, time, sessionLog);
        if (_member is { } member)
        {
            member.Engine.ShardsAdopted += shards => _ = UntilStoppedAsync(token => adoption.AdoptAsync(shards, token));
            await member.JoinAsync(cancellation).ConfigureAwait(false);
            _background = Task.WhenAll(UntilStoppedAsync(SweepSessionsAsync), UntilStoppedAsync(retention.RunAsync));
        }
        else
        {
            _background = Task.WhenAll(
                UntilStoppedAsync(token => adoption.AdoptAsync(null, token)), UntilStoppedAsync(SweepSessionsAsync), UntilStoppedAsync(retention.RunAsync));
        }
    }

    /// <summary>Gives the shards of this node to others and takes no more.</summary>
    public Task HandOffAsync(CancellationToken cancellation) => _cluster?.DrainAsync(cancellation) ?? Task.CompletedTask;

    /// <summary>Asks all connections to go to other nodes, spread over the window; completes early when nobody is left who could.</summary>
    public Task MoveAwayAsync(TimeSpan window, CancellationToken cancellation) => _mover?.DrainAsync(window, cancellation) ?? Task.CompletedTask;

    /// <summary>Says goodbye to every connection.</summary>
    public Task CloseAsync(CancellationToken cancellation) =>
        _connections?.CloseAllAsync(CloseCode.Restart, cancellation) ?? Task.CompletedTask;

    /// <summary>Says goodbye to every connection, lets the entities write what they have to, until done or until cancelled.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        await CloseAsync(cancellation).ConfigureAwait(false);
        await LeaveAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Lets the entities write what they have to and leaves the cluster.</summary>
    public async Task LeaveAsync(CancellationToken cancellation)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_cluster is { } cluster)
        {
            await cluster.LeaveAsync(cancellation).ConfigureAwait(false);
        }

        await _background.WaitAsync(cancellation).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_member is { } member)
        {
            await member.DisposeAsync().ConfigureAwait(false);
        }

        Dispose();
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _mover?.Dispose();
        _connections?.Dispose();
        _timers.Dispose();
        _tracing.Dispose();
        _stopping.Dispose();
        if (figures is null)
        {
            Figures.Dispose();
        }
    }

    private ICluster CreateCluster(StoreIdentity identity)
    {
        if (settings.Cluster is not { } membership)
        {
            return new LocalCluster(settings.Node, loggers.CreateLogger<LocalCluster>());
        }

        if (store is not IClusterStore clusterStore)
        {
            throw new InvalidOperationException($"the store {store.Description} cannot hold a cluster");
        }

        _member = new ClusterMember(settings.Node, membership, clusterStore, identity, time, loggers, () => _connections?.Count ?? 0, Figures);
        _member.Engine.Failed += failure => Failed?.Invoke(failure);
        return _member.Engine;
    }

    private async Task UntilStoppedAsync(Func<CancellationToken, Task> work)
    {
        try
        {
            await work(_stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The node stops; its successor goes on with it.
        }
    }

    private async Task SweepSessionsAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), time);
        while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
        {
            try
            {
                await store.SweepAsync(time.GetUtcNow().ToUnixTimeMilliseconds(), SweepLimit, cancellation).ConfigureAwait(false);
            }
            catch (StoreUnavailableException failure)
            {
                loggers.CreateLogger<NodeRuntime>().SweepFailed(failure);
            }
        }
    }

    private static InvalidOperationException NotStarted() => new("The node has not started.");

    private static Epoch MintEpoch()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return new Epoch(BinaryPrimitives.ReadUInt64LittleEndian(bytes) | 1);
    }
}
