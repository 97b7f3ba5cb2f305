using System.Buffers.Binary;
using System.Security.Cryptography;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Kernel;
using Realtime.Cluster.Routing;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Auth;
using Realtime.Node.Channels;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Node.Gateway;
using Realtime.Node.Sessions;

namespace Realtime.Node.Hosting;

/// <summary>Puts one node together and takes it apart again. Knows nothing of HTTP.</summary>
public sealed class NodeRuntime(NodeSettings settings, IStore store, ITokenVerifier tokens, TimeProvider time, ILoggerFactory loggers)
    : IDisposable
{
    private const int OrphanPage = 256;
    private const int SweepLimit = 1000;

    private readonly TimerQueue _timers = new(time);
    private readonly CancellationTokenSource _stopping = new();
    private LocalCluster? _cluster;
    private ConnectionRegistry? _connections;
    private Admission? _admission;
    private Mover? _mover;
    private GatewayServices? _gateway;
    private Task _background = Task.CompletedTask;

    internal ConnectionRegistry Connections => _connections ?? throw NotStarted();

    internal Admission Admission => _admission ?? throw NotStarted();

    internal GatewayServices Gateway => _gateway ?? throw NotStarted();

    /// <summary>Which connections are about to go elsewhere.</summary>
    public MoveSnapshot Moves => _mover?.Snapshot ?? MoveSnapshot.Nothing;

    /// <summary>Opens the store and everything on top of it.</summary>
    /// <exception cref="StoreFaultException">The store cannot be opened; the node does not start.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var identity = await store.OpenAsync(cancellation).ConfigureAwait(false);
        var log = new ConnectionLogging(loggers.CreateLogger<ConnectionLogging>());
        _cluster = new LocalCluster(settings.Node, loggers.CreateLogger<LocalCluster>());
        _cluster.Register(new SessionKind(new SessionServices(
            store, settings.Sessions, settings.Namespaces, _timers, time, new SessionLogging(loggers.CreateLogger<SessionLogging>()))));
        _cluster.Register(new ChannelKind(new ChannelServices(
            store, settings.Namespaces, settings.Channels, _timers, time, MintEpoch,
            new ChannelLogging(loggers.CreateLogger<ChannelLogging>()))));
        var relay = new Relay(_cluster, settings.Namespaces, _timers, time, log);
        var resumeTokens = new ResumeTokens(identity.TokenKeys);
        var tickets = new ConnectTickets(identity.TokenKeys);
        _admission = new Admission(
            settings.Admission, settings.Connections.CrashWindow, settings.Node, tickets, time, new Random(), loggers.CreateLogger<Admission>());
        var setup = new ConnectionSetup(settings.Node, settings.Connections, settings.Namespaces, tokens, resumeTokens) { Arrivals = _admission };
        _connections = new ConnectionRegistry(setup, _cluster, relay, time, log);
        _mover = new Mover(
            _connections, _cluster, tickets, _admission, settings.Admission, settings.Connections.CrashWindow, time, loggers.CreateLogger<Mover>());
        _gateway = new GatewayServices(_cluster, () => _connections.Count, tickets, resumeTokens, new WaitingRoom(
            settings.Admission.GatewayRequests, 4.0 * settings.Admission.GatewayRequests, GatewayEndpoint.Patience));
        _background = Task.WhenAll(AdoptOrphansAsync(_stopping.Token), SweepSessionsAsync(_stopping.Token));
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

    public void Dispose()
    {
        _stopping.Cancel();
        _mover?.Dispose();
        _connections?.Dispose();
        _timers.Dispose();
        _stopping.Dispose();
    }

    /// <summary>
    /// Sessions that were attached when the last process ended get their grace time: without this nobody who does not come back would ever
    /// leave a channel, and their rows would stay for ever.
    /// </summary>
    private async Task AdoptOrphansAsync(CancellationToken cancellation)
    {
        try
        {
            var after = default(SessionId);
            IReadOnlyList<SessionId> page;
            do
            {
                page = await store.AttachedAsync(null, after, OrphanPage, cancellation).ConfigureAwait(false);
                foreach (var session in page)
                {
                    _cluster!.Tell(EntityAddress.Of(session), new SessionRequest.Orphaned());
                    after = session;
                }
            }
            while (page.Count == OrphanPage);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The node stops; its successor does this again.
        }
        catch (StoreUnavailableException failure)
        {
            loggers.CreateLogger<NodeRuntime>().OrphansNotAdopted(failure);
        }
    }

    private async Task SweepSessionsAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), time);
        try
        {
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
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The node stops.
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
