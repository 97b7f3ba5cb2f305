using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Feeds.Core;

namespace Realtime.Tests.Feeds;

public sealed class SubscriberCursorTests
{
    private static readonly Epoch Life = new(5);
    private static readonly SessionId Ann = new(1);

    [Fact]
    public void A_run_that_follows_is_for_it_as_a_whole_and_one_it_has_is_not_for_it()
    {
        var cursor = LiveAt(3);
        cursor.Judge(Life, 4, 6, null).ShouldBe(Delivery.Whole);
        cursor.Judge(Life, 1, 3, null).ShouldBe(Delivery.None);
        cursor.Judge(Life, 2, 6, null).ShouldBe(Delivery.Part);
        cursor.Judge(Life, 4, 6, [Ann]).ShouldBe(Delivery.Part);
    }

    [Fact]
    public void Of_a_run_that_overlaps_only_what_follows_its_position_is_for_it()
    {
        LogMessage[] run = [.. Enumerable.Range(2, 5).Select(offset => new LogMessage(offset, default, 0))];

        LiveAt(3).Select(run).Select(message => message.Offset).ShouldBe([4L, 5, 6]);
    }

    [Fact]
    public void A_run_behind_a_hole_or_of_another_life_is_missing()
    {
        var cursor = LiveAt(3);
        cursor.Judge(Life, 5, 6, null).ShouldBe(Delivery.Missing);
        cursor.Judge(new Epoch(6), 4, 6, null).ShouldBe(Delivery.Missing);
    }

    [Fact]
    public void Only_a_live_cursor_takes_runs()
    {
        var cursor = new SubscriberCursor(Ann, keepsLog: true);
        cursor.Judge(Life, 1, 1, null).ShouldBe(Delivery.None);
        cursor.Place(new StreamPosition(Life, 0));
        cursor.Judge(Life, 1, 1, null).ShouldBe(Delivery.None);
        cursor.TryGoLive(new StreamPosition(Life, 0)).ShouldBeTrue();
        cursor.Judge(Life, 1, 1, null).ShouldBe(Delivery.Whole);
        cursor.Stop();
        cursor.Judge(Life, 1, 1, null).ShouldBe(Delivery.None);
    }

    [Fact]
    public void What_is_dropped_is_one_gap_from_the_first_to_the_last_and_nothing_that_was_seen()
    {
        var cursor = LiveAt(3);
        cursor.Lose(2, 6);
        cursor.Lose(7, 9);
        cursor.Loss().ShouldBe(new GapNotice(GapReason.Lagged, new StreamPosition(Life, 9), 4, 9));
        cursor.Skip(cursor.Loss()!);
        cursor.HasLoss.ShouldBeFalse();
        cursor.PreviousFor(new LogMessage(10, default, 0)).ShouldBeNull();
    }

    [Fact]
    public void Without_a_log_everything_is_for_it_and_a_loss_has_no_offsets()
    {
        var cursor = new SubscriberCursor(Ann, keepsLog: false);
        cursor.TryGoLive(default).ShouldBeTrue();
        cursor.Judge(default, 0, 0, null).ShouldBe(Delivery.Whole);
        cursor.Lose(0, 0);
        cursor.Judge(default, 0, 0, null).ShouldBe(Delivery.Part);
        cursor.Loss().ShouldBe(new GapNotice(GapReason.Lagged, default));
    }

    [Fact]
    public void It_counts_where_it_is_told_to_and_nowhere_twice()
    {
        var cursor = new SubscriberCursor(Ann, true);
        var (first, second) = (new SubscriberCount(), new SubscriberCount());
        cursor.CatchUp();
        cursor.CountIn(first);
        cursor.Wait();
        (first.Total, first.Behind).ShouldBe((1, 1));
        cursor.CountIn(second);
        (first.Total, first.Behind, second.Total, second.Behind).ShouldBe((0, 0, 1, 1));
        cursor.TryGoLive(default).ShouldBeTrue();
        (second.Total, second.Behind).ShouldBe((1, 0));
        cursor.CountIn(null);
        (second.Total, second.Behind).ShouldBe((0, 0));
    }

    [Fact]
    public void Whatever_runs_come_the_client_can_follow_them_by_offset_and_prev_alone()
    {
        var run =
            from ahead in Gen.Frequency((4, Gen.Constant(0)), (3, Gen.Choose(-4, -1)), (1, Gen.Choose(1, 2)))
            from count in Gen.Choose(1, 5)
            from silenced in Gen.Elements(true, false, false)
            from isFull in Gen.Elements(true, false, false)
            select (Ahead: ahead, Count: count, Silenced: silenced, IsFull: isFull);
        Prop.ForAll(run.ArrayOf().ToArbitrary(), runs =>
        {
            var cursor = LiveAt(0);
            var client = 0L;
            foreach (var (ahead, count, silenced, isFull) in runs)
            {
                // Near its position, or hardly any run would be for it.
                var first = Math.Max(1, cursor.Position.Offset + 1 + ahead);
                var last = first + count - 1;
                var messages = Enumerable.Range((int)first, (int)(last - first + 1))
                    .Select(offset => new LogMessage(offset, default, 0, Ann) { Echo = !silenced || offset % 2 == 0 }).ToList();
                var delivery = cursor.Judge(Life, first, last, messages.Exists(message => !message.Echo) ? [Ann] : null);
                if (delivery is Delivery.Missing or Delivery.None)
                {
                    continue;
                }

                if (cursor.Loss() is { } loss && !isFull)
                {
                    loss.From!.Value.ShouldBeGreaterThan(client);
                    client = loss.To!.Value;
                    cursor.Skip(loss);
                }

                if (isFull)
                {
                    cursor.Lose(first, last);
                    continue;
                }

                var sent = delivery is Delivery.Whole ? messages : cursor.Select(messages);
                for (var i = 0; i < sent.Count; i++)
                {
                    var previous = i == 0 && delivery is Delivery.Part ? cursor.PreviousFor(sent[0]) : i == 0 ? null : sent[i - 1].Offset;
                    (previous ?? sent[i].Offset - 1).ShouldBe(client);
                    sent[i].Offset.ShouldBeGreaterThan(client, "nothing comes twice");
                    client = sent[i].Offset;
                }

                cursor.Advance(last, sent.Count > 0 ? sent[^1].Offset : null);
                cursor.Position.Offset.ShouldBe(Math.Max(cursor.Position.Offset, last));
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithQuietOnSuccess(true));
    }

    private static SubscriberCursor LiveAt(long offset)
    {
        var cursor = new SubscriberCursor(Ann, keepsLog: true);
        cursor.Place(new StreamPosition(Life, offset));
        cursor.TryGoLive(new StreamPosition(Life, offset)).ShouldBeTrue();
        return cursor;
    }
}
