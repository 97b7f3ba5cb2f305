using Microsoft.Extensions.Logging;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Telemetry.Metrics;

namespace Realtime.Cluster.Membership;

/// <summary>
/// The thread that sends the heartbeats and does nothing else. Not a task: a thread pool that is starved by the node's work would get a healthy
/// node declared dead. One heartbeat at a time: while one hangs the lease grows old.
/// </summary>
internal sealed class Pulse : IAsyncDisposable
{
    private readonly IClusterStore _store;
    private readonly Seat _seat;
    private readonly MembershipTimers _timers;
    private readonly Func<int> _load;
    private readonly Action _beaten;
    private readonly ListenerPost _post;
    private readonly ILogger _logger;
    private readonly MemberFigures _figures;
    private readonly ITimer _alarm;
    private readonly object _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan _due;
    private bool _stopped;
    private int _failures;
    private TimeSpan _failingSince;

    /// <param name="beaten">Called after each heartbeat, whatever became of it; must not block.</param>
    public Pulse(
        IClusterStore store, Seat seat, MembershipTimers timers, TimeProvider time, Func<int> load, Action beaten, ListenerPost post, ILogger logger,
        MemberFigures figures)
    {
        _store = store;
        _seat = seat;
        _timers = timers;
        _load = load;
        _beaten = beaten;
        _post = post;
        _logger = logger;
        _figures = figures;
        _alarm = time.CreateTimer(static pulse => ((Pulse)pulse!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Start() => new Thread(Run) { Name = "heartbeat", IsBackground = true, Priority = ThreadPriority.AboveNormal }.Start();

    /// <summary>A new life has begun: beat at once.</summary>
    public void BeatNow()
    {
        lock (_gate)
        {
            _due = _seat.Now;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for a heartbeat under way; how long that may hang is the store's affair.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.Pulse(_gate);
        }

        await _ended.Task;
        await _alarm.DisposeAsync();
    }

    private void Run()
    {
        while (WaitUntilDue())
        {
            Beat();
            _beaten();
        }

        _ended.SetResult();
    }

    private void Beat()
    {
        HeartbeatRequest? request = null;
        var sentAt = _seat.Now;
        try
        {
            request = _seat.NextHeartbeat(_load());
            if (request is null)
            {
                // Nobody is alive here; the next life wakes this thread.
                Next(TimeSpan.MaxValue);
                return;
            }

            sentAt = _seat.Now;
            Next(sentAt + _timers.Heartbeat);
            var result = _store.Heartbeat(request);
            _seat.Answered(request, result, sentAt);
            _figures.Beat(_seat.Now - sentAt);
            Succeeded();
        }
        catch (Exception failure)
        {
            // Of whatever kind: a heartbeat that cannot be sent is one that failed, and a thread that ends would be the node's end.
            if (request is not null)
            {
                _seat.Failed(request);
                _figures.BeatFailed(_seat.Now - sentAt);
            }

            Next(_seat.Now + (_timers.Heartbeat / 3));
            Failed(failure);
        }
    }

    private void Succeeded()
    {
        if (_failures > 0)
        {
            var (failures, time) = (_failures, _seat.Now - _failingSince);
            _failures = 0;
            _post.Tell(_ => MembershipLog.HeartbeatsAgain(_logger, failures, time));
        }
    }

    private void Failed(Exception failure)
    {
        if (_failures++ == 0)
        {
            _failingSince = _seat.Now;
            _post.Tell(_ => MembershipLog.HeartbeatsFail(_logger, failure));
        }
    }

    private void Next(TimeSpan due)
    {
        lock (_gate)
        {
            _due = due;
        }
    }

    /// <summary>
    /// Ends by the operating system's clock, because timers fire on the thread pool; the timer is for other clocks, which that does not know.
    /// </summary>
    private bool WaitUntilDue()
    {
        lock (_gate)
        {
            while (!_stopped)
            {
                if (_due == TimeSpan.MaxValue)
                {
                    Monitor.Wait(_gate);
                    continue;
                }

                var left = _due - _seat.Now;
                if (left <= TimeSpan.Zero)
                {
                    return true;
                }

                _alarm.Change(left, Timeout.InfiniteTimeSpan);
                Monitor.Wait(_gate, left + TimeSpan.FromMilliseconds(1));
            }

            return false;
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            Monitor.Pulse(_gate);
        }
    }
}
