using FsCheck;
using FsCheck.Fluent;
using Realtime.Cluster.Kernel;
using Realtime.Tests.Support;

namespace Realtime.Tests.Kernel;

public sealed class TimerQueueTests
{
    private readonly ManualClock _clock = new();
    private readonly Log _log;

    public TimerQueueTests() => _log = new Log(_clock);

    [Fact]
    public void What_is_due_first_fires_first_whatever_the_order_of_scheduling()
    {
        using var timers = new TimerQueue(_clock);
        timers.Schedule(TimeSpan.FromSeconds(3), _log, 3);
        timers.Schedule(TimeSpan.FromSeconds(1), _log, 1);
        timers.Schedule(TimeSpan.FromSeconds(2), _log, 2);

        _clock.Advance(TimeSpan.FromSeconds(10));

        _log.Fired.ShouldBe([(1, TimeSpan.FromSeconds(1)), (2, TimeSpan.FromSeconds(2)), (3, TimeSpan.FromSeconds(3))]);
    }

    [Fact]
    public void Nothing_fires_before_its_time()
    {
        using var timers = new TimerQueue(_clock);
        timers.Schedule(TimeSpan.FromMilliseconds(10), _log, 1);

        _clock.Advance(TimeSpan.FromMilliseconds(10) - TimeSpan.FromTicks(1));
        _log.Fired.ShouldBeEmpty();

        _clock.Advance(TimeSpan.FromTicks(1));
        _log.Fired.Count.ShouldBe(1);
    }

    [Fact]
    public void A_cancelled_entry_does_not_fire_and_those_behind_it_do()
    {
        using var timers = new TimerQueue(_clock);
        var first = timers.Schedule(TimeSpan.FromSeconds(1), _log, 1);
        timers.Schedule(TimeSpan.FromSeconds(2), _log, 2);

        first.Cancel();
        _clock.Advance(TimeSpan.FromSeconds(5));

        first.IsCancelled.ShouldBeTrue();
        _log.Fired.ShouldBe([(2, TimeSpan.FromSeconds(2))]);
    }

    [Fact]
    public void An_earlier_entry_moves_the_one_timer_forward_and_a_later_one_does_not_move_it_back()
    {
        using var timers = new TimerQueue(_clock);
        timers.Schedule(TimeSpan.FromSeconds(5), _log, 5);
        _clock.NextDue.ShouldBe(TimeSpan.FromSeconds(5));

        timers.Schedule(TimeSpan.FromSeconds(1), _log, 1);
        _clock.NextDue.ShouldBe(TimeSpan.FromSeconds(1));

        timers.Schedule(TimeSpan.FromSeconds(9), _log, 9);
        _clock.NextDue.ShouldBe(TimeSpan.FromSeconds(1));
        _clock.Timers.ShouldBe(1);
    }

    [Fact]
    public void A_target_may_schedule_again_from_its_own_word()
    {
        using var timers = new TimerQueue(_clock);
        _log.Then = tag =>
        {
            if (tag < 3)
            {
                timers.Schedule(TimeSpan.FromSeconds(1), _log, tag + 1);
            }
        };
        timers.Schedule(TimeSpan.FromSeconds(1), _log, 1);

        _clock.Advance(TimeSpan.FromSeconds(10));

        _log.Fired.Select(fired => fired.Tag).ShouldBe([1, 2, 3]);
        _clock.Timers.ShouldBe(0);
    }

    [Fact]
    public void Nothing_fires_any_more_once_the_queue_is_disposed()
    {
        var timers = new TimerQueue(_clock);
        timers.Schedule(TimeSpan.FromSeconds(1), _log, 1);

        timers.Dispose();
        _clock.Advance(TimeSpan.FromSeconds(5));

        _log.Fired.ShouldBeEmpty();
    }

    [Fact]
    public void Everything_fires_once_in_order_of_due_times_never_early_and_not_a_timer_step_late()
    {
        var delays = Gen.Choose(0, 5_000_000).ArrayOf().ToArbitrary();
        Prop.ForAll(delays, ticks =>
        {
            var clock = new ManualClock();
            var log = new Log(clock);
            using var timers = new TimerQueue(clock);
            for (var i = 0; i < ticks.Length; i++)
            {
                timers.Schedule(TimeSpan.FromTicks(ticks[i]), log, i);
            }

            clock.Advance(TimeSpan.FromSeconds(2));

            log.Fired.Select(fired => fired.Tag).Order().ShouldBe(Enumerable.Range(0, ticks.Length));
            log.Fired.Select(fired => ticks[fired.Tag]).ShouldBeInOrder();
            foreach (var (tag, at) in log.Fired)
            {
                // The queue's one timer counts whole milliseconds, at least one, and each further arming may add another.
                at.Ticks.ShouldBeInRange(ticks[tag], ticks[tag] + (2 * TimeSpan.TicksPerMillisecond));
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(60).WithQuietOnSuccess(true));
    }

    private sealed class Log(ManualClock clock) : ITimerTarget
    {
        private readonly long _start = clock.GetTimestamp();

        public List<(int Tag, TimeSpan At)> Fired { get; } = [];

        public Action<int>? Then { get; set; }

        public void OnTimer(int tag)
        {
            Fired.Add((tag, clock.GetElapsedTime(_start)));
            Then?.Invoke(tag);
        }
    }
}
