using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Node.Auth;
using Realtime.Node.Gateway;

namespace Realtime.Lighthouse;

/// <summary>
/// Looks at the cluster once a second and keeps what it saw last. After every failure everything is read anew: the store that comes back may be
/// a backup, with an older view and other keys.
/// </summary>
internal sealed class ViewFollower(IViewReader store, TimeProvider time, ILogger<ViewFollower> logger) : BackgroundService
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly PeriodicTimer _timer = new(Every, time);
    private StoreIdentity? _identity;
    private Sighting? _seen;
    private StoreTrouble? _trouble;

    /// <summary>Null before the first view of a cluster.</summary>
    public Sighting? Seen => Volatile.Read(ref _seen);

    /// <summary>Null while the store answers.</summary>
    public StoreTrouble? Trouble => Volatile.Read(ref _trouble);

    /// <summary>Looks once before anything is served, so that a store that can never be read ends the program at once.</summary>
    /// <exception cref="StoreFaultException">Waiting will not help.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(isFirst: true, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _timer.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await _timer.WaitForNextTickAsync(stoppingToken))
            {
                await LookAsync(isFirst: false, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The lighthouse stops.
        }
    }

    private async Task LookAsync(bool isFirst, CancellationToken cancellation)
    {
        try
        {
            await ReadAsync(cancellation);
        }
        catch (StoreUnavailableException fault)
        {
            Fail(fault);
        }
        catch (Exception fault) when (!isFirst && !cancellation.IsCancellationRequested)
        {
            // Whatever it is, the last view is better than none, and this process is the one to go on giving it.
            Fail(fault);
        }
    }

    private async Task ReadAsync(CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        var known = _identity is null ? null : _seen;
        var identity = _identity ?? await store.OpenAsync(cancellation);
        var delta = await store.ViewAsync(known?.View.Version ?? 0, cancellation);
        if (known is not null && (delta.Version < known.View.Version || delta.ShardCount != known.View.ShardCount))
        {
            // Another database behind the same address.
            _identity = null;
            await ReadAsync(cancellation);
            return;
        }

        if (delta.ShardCount == 0)
        {
            throw new StoreUnavailableException("no cluster has been founded in this store: its nodes have not started, or are not set to form one");
        }

        Volatile.Write(ref _seen, known is null
            ? new Sighting(ClusterView.Of(delta), new ConnectTickets(identity.TokenKeys), new ResumeTokens(identity.TokenKeys), begun)
            : known with { View = known.View.With(delta), SeenAt = begun });
        if (_identity is null)
        {
            _identity = identity;
            logger.ClusterSeen(store.Description, delta.Version, delta.Nodes.Count, delta.ShardCount);
        }

        Volatile.Write(ref _trouble, null);
    }

    private void Fail(Exception fault)
    {
        _identity = null;
        if (Trouble is null)
        {
            logger.ClusterNotSeen(fault, store.Description, _seen is null ? "clients are told to come again" : "answering from the last view");
        }

        Volatile.Write(ref _trouble, new StoreTrouble(Trouble?.Since ?? time.GetUtcNow(), fault.Message));
    }
}
