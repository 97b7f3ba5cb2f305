using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Schedules.Core;

namespace Realtime.Tests.Schedules;

/// <summary>What is due, in which order, and how many there are: against a list that is looked through.</summary>
public sealed class ScheduleBookTests
{
    private const long Hour = 3_600_000;
    private static readonly ChannelName[] Channels = [ChannelName.Parse("chat:a"), ChannelName.Parse("chat:b"), ChannelName.Parse("shop:c")];

    [Fact]
    public void Whatever_happens_what_is_due_is_taken_once_in_the_order_of_its_channel() =>
        Prop.ForAll(Gen.Choose(0, 9_999).ArrayOf().Resize(200).ToArbitrary(), steps => new World().Run(steps)).QuickCheckThrowOnFailure();

    [Fact]
    public void One_channel_whose_publishes_are_under_way_holds_up_no_other()
    {
        var world = new World();
        world.Make(0, 10);
        world.Make(0, 20);
        world.Make(1, 30);

        world.Book.Take(15, 10).Select(entry => entry.Due).ShouldBe([10]);
        world.Book.Take(100, 10).Select(entry => entry.Due).ShouldBe([30]);
        world.Book.Take(100, 10).ShouldBeEmpty();
        world.Book.NextDue.ShouldBeNull();
        world.Book.Release(Channels[0]);
        world.Book.NextDue.ShouldBe(20);
    }

    [Fact]
    public void Bounds_are_of_all_of_one_key_and_of_one_hour()
    {
        var book = new ScheduleBook(new ScheduleBounds { Pending = 3, PendingPerKey = 2, PerHour = 2 });
        ScheduleEntry Entry(string owner, long due) => World.Entry(Channels[0], due, owner);
        book.TryAdd(Entry("a", 1)).ShouldBeNull();
        book.TryAdd(Entry("a", Hour)).ShouldBeNull();
        book.TryAdd(Entry("a", 2 * Hour))!.ShouldContain("This key");
        var last = Entry("b", 2);
        book.TryAdd(last).ShouldBeNull();
        book.TryAdd(Entry("b", 2 * Hour))!.ShouldContain("no more");
        book.Drop(last);
        book.TryAdd(Entry("b", 3)).ShouldBeNull();
        book.Written(Entry("b", 3), default);
        new ScheduleBook(new ScheduleBounds { PerHour = 0 }).TryAdd(Entry("a", 1)).ShouldBeNull("the first of an hour makes its log");
        var full = new ScheduleBook(new ScheduleBounds { BytesPerHour = 15 });
        full.TryAdd(Entry("a", 1)).ShouldBeNull();
        full.TryAdd(Entry("a", 2))!.ShouldContain("that hour");
    }

    [Theory]
    [InlineData(-60_001, "past")]
    [InlineData(-60_000, null)]
    [InlineData(0, null)]
    [InlineData(3_600_000, null)]
    [InlineData(3_600_001, "ahead")]
    public void What_is_past_or_too_far_ahead_is_refused(long due, string? why)
    {
        var fault = new ScheduleBounds { Ahead = TimeSpan.FromHours(1) }.Against(1_000_000 + due, 1_000_000);

        (fault?.Contains(why ?? "nothing", StringComparison.Ordinal)).ShouldBe(why is null ? null : true);
    }

    [Fact]
    public void What_is_cancelled_is_not_due_and_what_is_taken_is_not_cancelled()
    {
        var world = new World();
        var (first, second) = (world.Make(0, 10), world.Make(0, 20));
        world.Book.TryCancel(first).ShouldBeTrue();
        world.Book.TryCancel(first).ShouldBeFalse();
        world.Book.Take(100, 10).ShouldBe([second]);
        world.Book.TryCancel(second).ShouldBeFalse();
        world.Book.TakeBackCancel(first);
        world.Book.Release(Channels[0]);
        world.Book.Take(100, 10).ShouldBe([first]);
    }

    [Fact]
    public void A_page_goes_on_behind_the_one_before_and_shows_one_state_and_one_prefix()
    {
        var world = new World();
        for (var i = 0; i < 10; i++)
        {
            world.Make(i % 3, 100 - (i / 2 * 10));
        }

        var all = new List<ScheduleEntry>();
        (long, long)? after = null;
        for (var more = true; more;)
        {
            var page = world.Book.List("", null, after, 3);
            all.AddRange(page.Entries);
            after = (all[^1].Due, all[^1].Position.Offset);
            more = page.More;
        }

        all.Count.ShouldBe(10);
        all.ShouldBe(all.OrderBy(entry => entry.Due).ThenBy(entry => entry.Position.Offset));
        world.Book.List("shop:", null, null, 10).Entries.ShouldAllBe(entry => entry.Channel == Channels[2]);
        world.Book.TryCancel(all[4]);
        world.Book.Finish(all[4], new ScheduleEnd(ScheduleState.Cancelled), 1);
        world.Book.List("", ScheduleState.Cancelled, null, 10).Entries.ShouldBe([all[4]]);
    }

    [Fact]
    public void An_hour_is_over_when_all_of_it_is_and_then_is_forgotten()
    {
        var world = new World();
        var entry = world.Make(0, 10);
        var keep = TimeSpan.FromHours(1);
        world.Book.HoursOver(10 * Hour, keep).ShouldBeEmpty();
        world.Book.Take(20, 1);
        world.Book.Finish(entry, new ScheduleEnd(ScheduleState.Fired), 5 * Hour);
        world.Book.HoursOver((6 * Hour) - 1, keep).ShouldBeEmpty();
        world.Book.HoursOver(6 * Hour, keep).ShouldBe([0]);
        world.Book.ForgetHour(0);
        world.Book.Find(entry.Id).ShouldBeNull();
        world.Book.List("", null, null, 10).Entries.ShouldBeEmpty();
    }

    [Fact]
    public void Of_those_that_are_over_the_oldest_are_forgotten()
    {
        var book = new ScheduleBook(new ScheduleBounds(), mostOver: 2);
        var world = new World(book);
        var entries = Enumerable.Range(0, 3).Select(i => world.Make(0, i)).ToList();
        book.Take(10, 10);
        entries.ForEach(entry => book.Finish(entry, new ScheduleEnd(ScheduleState.Fired), 1));

        entries.Select(entry => book.Find(entry.Id) is not null).ShouldBe([false, true, true]);
    }

    /// <summary>A book, and all that was put into it.</summary>
    private sealed class World(ScheduleBook? book = null)
    {
        private static int _ids;
        private readonly List<ScheduleEntry> _all = [];
        private readonly List<IReadOnlyList<ScheduleEntry>> _underWay = [];
        private long _now;
        private long _offset;

        public ScheduleBook Book { get; } = book ?? new ScheduleBook(new ScheduleBounds { Pending = 20, PendingPerKey = 15 });

        public static ScheduleEntry Entry(ChannelName channel, long due, string owner = "a") =>
            new(ScheduleId.Of(ScheduleId.HourOf(due), [.. BitConverter.GetBytes(Interlocked.Increment(ref _ids)), 0, 0, 0, 0, 0, 0, 0, 0]), channel, due, owner, 10);

        public ScheduleEntry Make(int channel, long due)
        {
            var entry = Entry(Channels[channel], due);
            Book.TryAdd(entry).ShouldBeNull();
            Write(entry);
            return entry;
        }

        public void Run(int[] steps)
        {
            foreach (var step in steps)
            {
                Step(step % 6, step / 6);
                var open = _all.Where(entry => !entry.IsOver).ToList();
                Book.Pending.ShouldBe(open.Count);
                var busy = _underWay.Select(taken => taken[0].Channel).ToHashSet();
                Book.NextDue.ShouldBe(Waiting().Where(entry => !busy.Contains(entry.Channel)).Select(entry => (long?)entry.Due).Min());
            }
        }

        private IEnumerable<ScheduleEntry> Waiting() => _all.Where(entry => entry.State is ScheduleState.Pending);

        private void Step(int what, int how)
        {
            _now++;
            switch (what)
            {
                case 0 or 1:
                    var entry = Entry(Channels[how % 3], _now + (how % 10), how % 2 == 0 ? "a" : "b");
                    var open = _all.Where(one => !one.IsOver).ToList();
                    (Book.TryAdd(entry) is null).ShouldBe(open.Count < 20 && open.Count(one => one.Owner == entry.Owner) < 15);
                    if (Book.Find(entry.Id) is not null)
                    {
                        Write(entry);
                    }

                    break;
                case 2 or 3:
                    var busy = _underWay.Select(taken => taken[0].Channel).ToHashSet();
                    var next = Waiting().Where(one => one.Due <= _now && !busy.Contains(one.Channel)).OrderBy(one => one.Due).ThenBy(one => one.Position.Offset).FirstOrDefault();
                    var expected = next is null ? [] : Waiting().Where(one => one.Channel == next.Channel && one.Due <= _now).OrderBy(one => one.Due).ThenBy(one => one.Position.Offset).Take(2).ToList();
                    var due = Book.Take(_now, 2);
                    due.Select(one => (one.Due, one.Channel)).ShouldBe(expected.Select(one => (one.Due, one.Channel)));
                    if (due.Count > 0)
                    {
                        _underWay.Add(due);
                    }

                    break;
                case 4 when _underWay.Count > 0:
                    var taken = _underWay[how % _underWay.Count];
                    _underWay.Remove(taken);
                    foreach (var one in taken)
                    {
                        Book.Finish(one, new ScheduleEnd(ScheduleState.Fired), _now);
                    }

                    Book.Release(taken[0].Channel);
                    break;
                case 5 when _all.Count > 0:
                    var some = _all[how % _all.Count];
                    var waits = some.State is ScheduleState.Pending;
                    Book.TryCancel(some).ShouldBe(waits);
                    if (waits && how % 2 == 0)
                    {
                        Book.Finish(some, new ScheduleEnd(ScheduleState.Cancelled), _now);
                    }
                    else if (waits)
                    {
                        Book.TakeBackCancel(some);
                    }

                    break;
                default:
                    break;
            }
        }

        private void Write(ScheduleEntry entry)
        {
            Book.Written(entry, new StreamPosition(new Epoch(1), ++_offset));
            _all.Add(entry);
        }
    }
}
