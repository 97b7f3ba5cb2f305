namespace Realtime.Cluster.Kernel;

/// <summary>
/// All the timers of a node behind one timer of the <see cref="TimeProvider"/>, so that a hundred thousand sessions do not cost a hundred
/// thousand timer objects. Due times are monotonic; a jump of the wall clock moves nothing.
/// </summary>
public sealed class TimerQueue : IDisposable
{
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly PriorityQueue<TimerEntry, long> _entries = new();
    private readonly Lock _lock = new();
    private long _armedFor = long.MaxValue;

    public TimerQueue(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static state => ((TimerQueue)state!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Tells the target once, not before <paramref name="after"/> has passed.</summary>
    /// <returns>The entry; cancel it when the word is no longer wanted (a word already on its way may still come).</returns>
    public TimerEntry Schedule(TimeSpan after, ITimerTarget target, int tag)
    {
        // In whole numbers and rounded up: a fraction that is cut off would make an entry early.
        var wait = (((Int128)after.Ticks * _time.TimestampFrequency) + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;
        var due = _time.GetTimestamp() + (long)wait;
        var entry = new TimerEntry(target, tag);
        lock (_lock)
        {
            _entries.Enqueue(entry, due);
            if (due < _armedFor)
            {
                Arm(due);
            }
        }

        return entry;
    }

    public void Dispose() => _timer.Dispose();

    private void Fire()
    {
        var now = _time.GetTimestamp();
        List<TimerEntry>? due = null;
        lock (_lock)
        {
            _armedFor = long.MaxValue;
            while (_entries.TryPeek(out var entry, out var at) && (at <= now || entry.IsCancelled))
            {
                _entries.Dequeue();
                if (!entry.IsCancelled)
                {
                    (due ??= []).Add(entry);
                }
            }

            if (_entries.TryPeek(out _, out var next))
            {
                Arm(next);
            }
        }

        foreach (var entry in due ?? [])
        {
            entry.Fire();
        }
    }

    private void Arm(long due)
    {
        _armedFor = due;
        var ticks = due - _time.GetTimestamp();

        // Rounded up to whole milliseconds: a timer that fires early would find nothing due and spin.
        var wait = Math.Ceiling(Math.Max(0, ticks) * 1000.0 / _time.TimestampFrequency);
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, wait)), Timeout.InfiniteTimeSpan);
    }
}
