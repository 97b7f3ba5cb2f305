namespace Realtime.Tests.Support;

/// <summary>
/// A <see cref="TimeProvider"/> that stands still until a test moves it. <see cref="Advance"/> fires every timer
/// that falls due on the way, in the order of their due times, on the calling thread, with the clock showing that due
/// time: code under test sees the same sequence as with a real clock, only without the waiting.
/// </summary>
public sealed class ManualClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now;
    private long _ticks;
    private long _created;

    public ManualClock() : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public ManualClock(DateTimeOffset start) => _now = start;

    /// <summary>Timestamps count in ticks of 100 ns, so that a <see cref="TimeSpan"/> converts without rounding.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>How many timers are running. A test that waits for code to arm a timer waits for this to change.</summary>
    public int Timers
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count;
            }
        }
    }

    /// <summary>The time until the next timer falls due, or null when none is running.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            lock (_gate)
            {
                return Earliest() is { } next ? TimeSpan.FromTicks(Math.Max(0, next.Due - _ticks)) : null;
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _ticks;
        }
    }

    /// <summary>Moves the clock on and fires what falls due, timers started on the way included.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        long until;
        lock (_gate)
        {
            until = _ticks + by.Ticks;
        }

        while (TakeDue(until) is { } timer)
        {
            timer.Fire();
        }

        lock (_gate)
        {
            MoveTo(until);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private ManualTimer? TakeDue(long until)
    {
        lock (_gate)
        {
            if (Earliest() is not { } next || next.Due > until)
            {
                return null;
            }

            MoveTo(next.Due);
            if (next.Period > 0)
            {
                next.Due += next.Period;
                next.Order = _created++;
            }
            else
            {
                _timers.Remove(next);
            }

            return next;
        }
    }

    private ManualTimer? Earliest() => _timers.MinBy(timer => (timer.Due, timer.Order));

    private void MoveTo(long ticks)
    {
        if (ticks > _ticks)
        {
            _now = _now.AddTicks(ticks - _ticks);
            _ticks = ticks;
        }
    }

    private bool Start(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
            if (timer.Disposed)
            {
                return false;
            }

            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                timer.Due = _ticks + dueTime.Ticks;
                timer.Period = period == Timeout.InfiniteTimeSpan ? 0 : period.Ticks;
                timer.Order = _created++;
                _timers.Add(timer);
            }

            return true;
        }
    }

    private void Stop(ManualTimer timer)
    {
        lock (_gate)
        {
            timer.Disposed = true;
            _timers.Remove(timer);
        }
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        public long Due { get; set; }

        public long Period { get; set; }

        /// <summary>Timers of the same due time fire in the order they were started.</summary>
        public long Order { get; set; }

        public bool Disposed { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => clock.Start(this, dueTime, period);

        public void Dispose() => clock.Stop(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
