namespace Realtime.Tests.Support;

public sealed class ManualClockTests
{
    private readonly ManualClock _clock = new();
    private readonly List<string> _fired = [];

    [Fact]
    public void Timers_fire_in_the_order_of_their_due_times_and_see_that_time()
    {
        var start = _clock.GetTimestamp();
        using var late = Timer("late", 3);
        using var early = Timer("early", 1);

        _clock.Advance(TimeSpan.FromSeconds(2));
        _fired.ShouldBe(["early at 1"]);

        _clock.Advance(TimeSpan.FromSeconds(2));
        _fired.ShouldBe(["early at 1", "late at 3"]);
        _clock.GetElapsedTime(start).ShouldBe(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public void A_timer_with_a_period_fires_each_time_until_it_is_disposed()
    {
        using var timer = _clock.CreateTimer(_ => _fired.Add("tick"), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));

        _clock.Advance(TimeSpan.FromSeconds(5));
        _fired.Count.ShouldBe(3);

        timer.Dispose();
        _clock.Advance(TimeSpan.FromSeconds(5));
        _fired.Count.ShouldBe(3);
        _clock.Timers.ShouldBe(0);
    }

    [Fact]
    public void A_timer_started_by_a_timer_fires_in_the_same_advance()
    {
        using var first = _clock.CreateTimer(
            _ => _clock.CreateTimer(_ => _fired.Add("second"), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan),
            null,
            TimeSpan.FromSeconds(1),
            Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromSeconds(2));

        _fired.ShouldBe(["second"]);
    }

    [Fact]
    public void A_delay_ends_when_the_clock_passes_it()
    {
        var delay = DelayOf(TimeSpan.FromSeconds(10));
        _clock.NextDue.ShouldBe(TimeSpan.FromSeconds(10));

        _clock.Advance(TimeSpan.FromSeconds(9));
        delay.IsCompleted.ShouldBeFalse();

        _clock.Advance(TimeSpan.FromSeconds(1));
        delay.IsCompleted.ShouldBeTrue();
    }

    private ITimer Timer(string name, int seconds) => _clock.CreateTimer(
        _ => _fired.Add($"{name} at {_clock.GetElapsedTime(0).TotalSeconds}"),
        null,
        TimeSpan.FromSeconds(seconds),
        Timeout.InfiniteTimeSpan);

    private Task DelayOf(TimeSpan time)
    {
        var ended = new TaskCompletionSource();
        var stop = new CancellationTokenSource(time, _clock);
        stop.Token.Register(() => ended.SetResult());
        return ended.Task;
    }
}
