using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Routing;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Connections;

/// <summary>
/// Brings connections to where their sessions live, and to other nodes when this one stops: steps the plan, sends what it says. Also tells the door how
/// many would come back at once if this node died.
/// </summary>
internal sealed class Mover : IDisposable
{
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Busy = TimeSpan.FromMilliseconds(200);

    private readonly ConnectionRegistry _connections;
    private readonly ICluster _cluster;
    private readonly ConnectTickets _tickets;
    private readonly Admission _admission;
    private readonly AdmissionPolicy _policy;
    private readonly TimeSpan _leastWindow;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly MovePlan _plan;
    private readonly ITimer _timer;
    private readonly long _started;
    private readonly Lock _lock = new();
    private readonly List<MoveCandidate> _here = [];
    private readonly List<MoveOrder> _orders = [];
    private ClusterView? _seen;
    private long _seenLast;
    private bool _seenAll;
    private MoveMode _seenMode;
    private long _drainBy = long.MaxValue;
    private TaskCompletionSource? _drained;
    private MoveSnapshot? _told;

    public Mover(
        ConnectionRegistry connections, ICluster cluster, ConnectTickets tickets, Admission admission, AdmissionPolicy policy,
        TimeSpan leastWindow, TimeProvider time, ILogger logger)
    {
        _connections = connections;
        _cluster = cluster;
        _tickets = tickets;
        _admission = admission;
        _policy = policy;
        _leastWindow = leastWindow;
        _time = time;
        _logger = logger;
        _plan = new MovePlan(new MovePolicy { PeerRate = policy.Resumes }, cluster.Self);
        _started = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((Mover)state!).Tick(), this, Calm, Calm);
    }

    public MoveSnapshot Snapshot
    {
        get
        {
            lock (_lock)
            {
                return _plan.Snapshot with { Connections = _connections.Count };
            }
        }
    }

    /// <summary>
    /// Sends everybody to other nodes. Completes when all are gone, when those that are left have nowhere to go, or when the
    /// window is over.
    /// </summary>
    public Task DrainAsync(TimeSpan window, CancellationToken cancellation)
    {
        Task drained;
        lock (_lock)
        {
            _drainBy = Now() + (long)window.TotalMilliseconds;
            if (_drained is null or { Task.IsCompleted: true })
            {
                // A drain that is over was an operator's: the stop that comes after it has a window of its own.
                _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            drained = _drained.Task;
            _timer.Change(TimeSpan.Zero, Busy);
        }

        return drained.WaitAsync(cancellation);
    }

    /// <summary>Takes a drain back: those who have not gone yet may stay.</summary>
    public void Stay()
    {
        lock (_lock)
        {
            _drained?.TrySetResult();
            _drained = null;
            _drainBy = long.MaxValue;
            _timer.Change(Calm, Calm);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        // A step that is late makes the next one void: there is nothing to catch up with.
        if (!_lock.TryEnter())
        {
            return;
        }

        try
        {
            Step(_cluster.View, Now());
        }
        catch (Exception fault)
        {
            // Thrown from a timer it would end the process; the next step comes all the same.
            _logger.MovesFailed(fault);
        }
        finally
        {
            _lock.Exit();
        }
    }

    private void Step(ClusterView view, long now)
    {
        var others = view.Nodes.Count(node => node.Profile.Name != _cluster.Self && node.Status is NodeStatus.Active);
        _admission.Announce(CrashWindow.Of(_connections.Count, others, _policy.Resumes, _leastWindow));
        var mode = _drained is not null ? MoveMode.Drain : _cluster.Standing is Standing.Out ? MoveMode.Out : MoveMode.Rebalance;
        if (IsSettled(view, mode))
        {
            return;
        }

        var last = _connections.LastId;
        _here.Clear();
        _orders.Clear();
        _connections.Collect(_here);
        _plan.Step(new MoveSituation(now, mode, Math.Max(0, _drainBy - now), view, _here, Seed()), _orders);
        foreach (var order in _orders)
        {
            Carry(order);
        }

        Tell(mode);
        (_seen, _seenLast, _seenMode, _seenAll) = (view, last, mode, _here.Count == _connections.Count);
        if (_drained is { } drained && (now >= _drainBy || _connections.Count == 0 || _plan.IsIdle))
        {
            drained.TrySetResult();
        }
    }

    /// <summary>Nothing has changed since a step that found nothing to do: to look at every connection again would find the same.</summary>
    private bool IsSettled(ClusterView view, MoveMode mode) =>
        view.Nodes.Length < 2 && mode is MoveMode.Rebalance ||
        (mode is not MoveMode.Drain && mode == _seenMode && _seenAll && ReferenceEquals(view, _seen) && _connections.LastId == _seenLast && _plan.IsIdle);

    private void Carry(MoveOrder order)
    {
        switch (order)
        {
            case MoveOrder.Notice notice:
                var ticket = _tickets.Issue(notice.Target.Profile.Name, _time.GetUtcNow(), Seed());
                _connections.Move(notice.Connection, new ServerFrame.Move(
                    GatewayRouting.ConnectUrl(notice.Target.Profile.ClientUrl!), ticket, 0, notice.Within, notice.Reason));
                break;
            case MoveOrder.Close close:
                _connections.Dismiss(close.Connection, CloseCode.Drain);
                break;
            default:
                throw new InvalidOperationException($"{order} is not an order.");
        }
    }

    /// <summary>One line when something begins and one when it is over.</summary>
    private void Tell(MoveMode mode)
    {
        var (before, after) = (_told, _plan.Snapshot);
        var busy = after.Pending + after.UnderWay > 0;
        if (busy && before is null)
        {
            _told = after;
            _logger.MovesBegun(mode, after.Pending + after.UnderWay, after.Connections, after.Rate);
        }
        else if (!busy && before is not null)
        {
            _told = null;
            _logger.MovesOver(after.Done - before.Done, after.Stayed);
        }
    }

    private long Now() => (long)_time.GetElapsedTime(_started).TotalMilliseconds;

    private static ulong Seed()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes);
    }
}
