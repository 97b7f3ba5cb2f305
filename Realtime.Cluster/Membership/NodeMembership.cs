using Microsoft.Extensions.Logging;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership.Core;
using Realtime.Cluster.Telemetry.Metrics;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Membership;

/// <summary>
/// Keeps this node in its cluster, over one life or several: the heartbeat has a thread, everything else one loop, and what they find out goes to
/// the listener in order.
/// </summary>
public sealed class NodeMembership : IMembership, IAsyncDisposable
{
    private readonly IClusterStore _store;
    private readonly NodeProfile _profile;
    private readonly MembershipTimers _timers;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ListenerPost _post;
    private readonly Seat _seat;
    private readonly Pulse _pulse;
    private readonly ControlLoop _loop;
    private readonly Caretaker _caretaker;
    private readonly Draining _draining;
    private readonly Eviction _eviction;
    private readonly Rejoining _rejoining;
    private bool _started;
    private bool _turnFailing;
    private volatile bool _left;
    private int _disposed;

    /// <param name="profile">Its boot id is not used: every life gets one of its own.</param>
    /// <param name="connections">Connections held now; called from the heartbeat's thread.</param>
    public NodeMembership(
        IClusterStore store,
        NodeProfile profile,
        ClusterCharter charter,
        MembershipTimers timers,
        TimeProvider time,
        ILoggerFactory loggers,
        IMembershipListener listener,
        Func<int> connections,
        MemberFigures? figures = null)
    {
        _store = store;
        _profile = profile;
        _timers = timers;
        _time = time;
        _logger = loggers.CreateLogger<NodeMembership>();
        _post = new ListenerPost(listener, _logger);
        figures ??= new MemberFigures(time);
        _seat = new Seat(time, _post, ClusterView.Of(new ViewDelta(0, 0, charter.Shards, [], [])), _logger, figures);
        _loop = new ControlLoop(TurnAsync, time, timers.Heartbeat / 3);
        _pulse = new Pulse(store, _seat, timers, time, connections, _loop.Turn, _post, _logger, figures);
        _caretaker = new Caretaker(store, _seat, timers, time, _logger, figures);
        _draining = new Draining(store, _seat, _caretaker);
        _eviction = new Eviction(store, _seat, _caretaker, _logger, figures);

        var boots = new HashSet<Guid>();
        _rejoining = new Rejoining(() => new Entrance(store, profile, charter, timers, time, boots, _logger), _seat, timers, _post, _logger);
    }

    public Incarnation Self => _seat.Self;

    public ClusterView View => _seat.View;

    public Standing Standing => _seat.Standing;

    public bool Commits => _seat.Commits;

    /// <summary>Joins the cluster and keeps this node in it.</summary>
    /// <exception cref="NameInUseException">Another process lives under this node's name.</exception>
    /// <exception cref="StoreFaultException">The store's cluster is not this node's.</exception>
    /// <exception cref="StoreUnavailableException"/>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        var entrance = _rejoining.NewEntrance();
        Member? member;
        while ((member = await entrance.StepAsync(cancellation)) is null)
        {
            await Task.Delay(_timers.Heartbeat / 3, _time, cancellation);
        }

        _seat.Joined(member, _profile.Name);
        _started = true;
        _pulse.Start();
        _loop.Start();
        _loop.Turn();
    }

    public void Refresh(long version)
    {
        _seat.Saw(version);
        if (_seat.IsBehind)
        {
            _loop.Turn();
        }
    }

    public void PeerSaid(Incarnation peer, bool commits) => _seat.PeerSaid(peer, commits);

    public Task<IReadOnlyList<ShardRow>> HandOffAsync(Incarnation to, IReadOnlyList<ShardFence> shards, CancellationToken cancellation) =>
        _loop.RunAsync(
            async token =>
            {
                var changed = await _caretaker.HandOffAsync(to, shards, token);
                _loop.Turn();
                return changed;
            },
            cancellation);

    public Task DrainAsync(CancellationToken cancellation) => _loop.RunAsync(
        async token =>
        {
            await InsistAsync(() => _draining.BeginAsync(token), token);
            return true;
        },
        cancellation);

    public Task<DrainResult> DrainUnlessLastAsync(CancellationToken cancellation) => _loop.RunAsync(_draining.BeginUnlessLastAsync, cancellation);

    public Task<bool> UndrainAsync(CancellationToken cancellation) => _loop.RunAsync(
        async token =>
        {
            var ended = await _draining.EndAsync(token);
            _loop.Turn();
            return ended;
        },
        cancellation);

    public async Task<EvictResult> EvictAsync(Incarnation victim, bool force, CancellationToken cancellation)
    {
        if (await _eviction.LookAsync(victim, cancellation) is not { } seen)
        {
            return EvictResult.Gone;
        }

        if (!force)
        {
            // Not in the loop, which has other things to look after meanwhile.
            await Task.Delay(_timers.JoinWatch, _time, cancellation);
        }

        return await _loop.RunAsync(
            async token =>
            {
                var result = await _eviction.TryAsync(seen, force, token);
                _loop.Turn();
                return result;
            },
            cancellation);
    }

    public Task LeaveAsync(CancellationToken cancellation) => _loop.RunAsync(
        async token =>
        {
            if (!_left)
            {
                // First: a heartbeat that now learns of its own death must not bring the node back.
                _left = true;
                var self = _seat.Self;
                var vacant = _seat.IsVacant;
                _seat.Leave();
                if (!vacant)
                {
                    await InsistAsync(async () => await _store.LeaveAsync(self, token), token);
                    MembershipLog.Left(_logger, self);
                }
            }

            return true;
        },
        cancellation);

    /// <summary>Stops without leaving: to others this looks like a process that was killed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _left = true;
        await _loop.DisposeAsync();
        if (_started)
        {
            await _pulse.DisposeAsync();
        }

        _seat.Leave();
    }

    /// <summary>Looks after everything there may be to do. What fails is tried again in the next turn.</summary>
    private async Task TurnAsync(CancellationToken cancellation)
    {
        try
        {
            _seat.Look();
            if (_left || _seat.IsRegressed)
            {
                return;
            }

            if (_seat.IsVacant)
            {
                await RejoinAsync(cancellation);
                return;
            }

            await _caretaker.FollowAsync(cancellation);
            await _caretaker.EvictAsync(cancellation);
            await _caretaker.AcquireAsync(cancellation);
            await _caretaker.FollowAsync(cancellation);
            _turnFailing = false;
            if (_seat.IsVacant)
            {
                // The view said so before any heartbeat did.
                _loop.Turn();
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The node stops.
        }
        catch (Exception failure)
        {
            // Once per trouble. A bug in a store must not end the loop either: a node that evicts nobody and takes nothing is of no use.
            if (!_turnFailing)
            {
                MembershipLog.TurnFailed(_logger, failure);
            }

            _turnFailing = true;
        }
    }

    private async Task RejoinAsync(CancellationToken cancellation)
    {
        if (await _rejoining.StepAsync(cancellation) is not { } member)
        {
            return;
        }

        await _draining.GoOnAsync(member.Self, cancellation);
        _seat.Joined(member, _profile.Name);
        _pulse.BeatNow();
        _loop.Turn();
    }

    private async Task InsistAsync(Func<Task> change, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await change();
                return;
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(_timers.Heartbeat / 3, _time, cancellation);
            }
        }
    }
}
