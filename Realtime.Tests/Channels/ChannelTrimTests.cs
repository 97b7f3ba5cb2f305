using FsCheck;
using FsCheck.Fluent;
using Realtime.Cluster.Journal;
using Realtime.Messages.Entities;
using Realtime.Messages.Positions;
using Realtime.Node.Channels.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Channels;

/// <summary>How much of a log is kept, and when a channel may leave memory.</summary>
public sealed class ChannelTrimTests
{
    [Fact]
    public void History_by_count_is_trimmed_in_the_transaction_that_would_exceed_it()
    {
        var rig = new ChannelRig(new NamespacePolicy("chat") { History = new HistoryLimits { Count = 3 } });
        rig.Fill(3);
        rig.Store.Tail.ShouldBe(1);

        rig.Fill(2);

        (rig.Store.Tail, rig.Machine.Log.Tail).ShouldBe((3, 3));
    }

    [Fact]
    public void A_batch_larger_than_the_history_keeps_its_newest_messages_even_when_the_bytes_are_over_too()
    {
        var rig = new ChannelRig(new NamespacePolicy("chat") { History = new HistoryLimits { Count = 3, Bytes = 100 } });
        rig.Publish("first");
        for (var i = 0; i < 10; i++)
        {
            rig.Publish($"m{i}");
        }

        rig.Write();
        rig.Write();

        (rig.Store.Tail, rig.Machine.Log.Tail, rig.Store.Head).ShouldBe((9, 9, 11));
    }

    [Fact]
    public void History_by_bytes_keeps_the_limit_to_one_run()
    {
        var rig = new ChannelRig(new NamespacePolicy("chat") { History = new HistoryLimits { Bytes = 10_000 } });
        for (var i = 0; i < 500; i++)
        {
            rig.Publish(new string('x', 34));
            rig.Write();
        }

        var bytes = rig.Store.Kept.Sum(message => (long)message.Size);
        bytes.ShouldBeInRange(10_000 - 100, 10_000 + (HistoryExtent.RunLength * 100));
        rig.Machine.Log.Tail.ShouldBe(rig.Store.Tail);
    }

    [Fact]
    public void A_message_larger_than_the_whole_history_is_still_kept()
    {
        var rig = new ChannelRig(new NamespacePolicy("chat") { History = new HistoryLimits { Bytes = 100 } });
        rig.Fill(3);

        rig.Publish(new string('x', 5000));
        rig.Write();

        rig.Store.Kept.Last().Offset.ShouldBe(4);
    }

    [Fact]
    public void What_is_too_old_is_let_go_of_at_the_tick()
    {
        var rig = new ChannelRig(new NamespacePolicy("chat") { History = new HistoryLimits { Age = TimeSpan.FromSeconds(10) } });
        rig.Fill(3);
        rig.Now += 8000;
        rig.Fill(2);
        rig.Now += 3000;

        rig.Step(new ChannelInput.AgeTick());
        rig.ServeReads();

        rig.Machine.Log.Tail.ShouldBe(4);
        rig.Appends.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            append => append.Messages.ShouldBeEmpty(), append => append.Tail.ShouldBe(4));
        rig.Write();
        rig.Publish("next");
        rig.Write();
        rig.Store.Head.ShouldBe(6);
    }

    [Fact]
    public void A_clock_that_jumps_ahead_does_not_empty_a_log_in_one_step()
    {
        var rig = new ChannelRig(new NamespacePolicy("board")
        {
            Durability = Durability.Memory, History = new HistoryLimits { Age = TimeSpan.FromSeconds(10) },
        });
        for (var i = 0; i < 5000; i++)
        {
            rig.Publish("x");
        }

        rig.Step(new ChannelInput.TimeFound(default, null, 5000));

        rig.Machine.Log.Tail.ShouldBe(1001);
    }

    [Fact]
    public void An_append_under_way_is_not_disturbed_by_the_age_of_what_is_before_it()
    {
        var rig = new ChannelRig(new NamespacePolicy("chat") { History = new HistoryLimits { Age = TimeSpan.FromSeconds(10) } });
        rig.Fill(3);
        rig.Publish("under way");

        rig.Step(new ChannelInput.TimeFound(default, null, 3));

        (rig.Machine.Log.Tail, rig.Appends.Count).ShouldBe((1, 1));
    }

    [Fact]
    public void An_extent_agrees_with_a_plain_count_of_messages_and_keeps_its_limits_to_one_run()
    {
        var sizes = Gen.Choose(0, 300).ArrayOf().ToArbitrary();
        Prop.ForAll(sizes, added =>
        {
            var limits = new HistoryLimits { Count = 40, Bytes = 4000 };
            var extent = new HistoryExtent();
            var kept = new Queue<LogMessage>();
            long head = 0;
            foreach (var size in added)
            {
                var message = new LogMessage(++head, new Payload(new byte[size]), 0);
                var tail = extent.TailWithin(limits, 1, message.Size);
                extent.TrimTo(tail);
                extent.Add(message);
                kept.Enqueue(message);
                while (kept.Peek().Offset < tail)
                {
                    kept.Dequeue();
                }

                (extent.Head, extent.Tail, extent.Count).ShouldBe((head, kept.Peek().Offset, kept.Count));
                kept.Count.ShouldBeLessThanOrEqualTo(limits.Count);

                // A run that was cut is taken to be of even messages, so the sum may be off by what one run holds.
                const long Run = HistoryExtent.RunLength * 364L;
                extent.Bytes.ShouldBeInRange(kept.Sum(item => (long)item.Size) - Run, kept.Sum(item => (long)item.Size) + Run);
                extent.Bytes.ShouldBeLessThanOrEqualTo(limits.Bytes + Run);
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(200).WithQuietOnSuccess(true));
    }

    [Fact]
    public void Recent_messages_are_a_ring_that_agrees_with_a_list()
    {
        var steps = Gen.Choose(0, 9).ArrayOf().ToArbitrary();
        Prop.ForAll(steps, actions =>
        {
            var recent = new RecentMessages();
            var model = new List<LogMessage>();
            long head = 0;
            foreach (var action in actions)
            {
                if (action < 7)
                {
                    var message = new LogMessage(++head, new Payload(new byte[action * 10]), 0);
                    recent.Add(message);
                    model.Add(message);
                }
                else if (action == 7)
                {
                    recent.TrimBefore(head - 2);
                    model.RemoveAll(message => message.Offset < head - 2);
                }
                else
                {
                    recent.Bound(6, 400);
                    while (model.Count > 6 || (model.Count > 1 && model.Sum(message => message.Size) > 400))
                    {
                        model.RemoveAt(0);
                    }
                }

                (recent.Count, recent.Bytes).ShouldBe((model.Count, model.Sum(message => (long)message.Size)));
                foreach (var message in model)
                {
                    recent.Covers(message.Offset).ShouldBeTrue();
                    recent[message.Offset].ShouldBeSameAs(message);
                }

                recent.Covers(head + 1).ShouldBeFalse();
                if (model.Count > 0)
                {
                    recent.Covers(model[0].Offset - 1).ShouldBeFalse();
                    recent.Slice(model[0].Offset, 3, int.MaxValue).ShouldBe(model.Take(3));
                }
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(100).WithQuietOnSuccess(true));
    }

    [Fact]
    public void A_channel_leaves_memory_only_when_nothing_would_be_lost_or_missed()
    {
        var rig = new ChannelRig();
        rig.Machine.CanPassivate.ShouldBeTrue();

        rig.Publish("a");
        (rig.Machine.CanPassivate, rig.Machine.HasWritesUnderWay).ShouldBe((false, true));
        rig.LoseAnswer(wasWritten: true);
        rig.Machine.CanPassivate.ShouldBeFalse();
        rig.Resolve();
        (rig.Machine.CanPassivate, rig.Machine.HasWritesUnderWay).ShouldBe((true, false));

        rig.Ask(new ChannelRequest.Listen(ChannelRig.Node, 2));
        rig.Machine.CanPassivate.ShouldBeFalse();
        rig.Ask(new ChannelRequest.Unlisten(ChannelRig.Node, 1));
        rig.Machine.CanPassivate.ShouldBeFalse();
        rig.Ask(new ChannelRequest.Unlisten(ChannelRig.Node, 2));
        rig.Machine.CanPassivate.ShouldBeTrue();

        rig.Ask(new ChannelRequest.Announce(ChannelRig.Ann, null, ChannelRig.Text("here")));
        rig.Machine.CanPassivate.ShouldBeFalse();
        rig.Ask(new ChannelRequest.Withdraw(ChannelRig.Ann));
        rig.Machine.CanPassivate.ShouldBeTrue();
    }

    [Fact]
    public void A_memory_log_that_holds_messages_stays_and_an_empty_one_may_go()
    {
        var rig = new ChannelRig(new NamespacePolicy("board") { Durability = Durability.Memory });
        rig.Publish("a");
        rig.Machine.CanPassivate.ShouldBeFalse();

        rig.Step(new ChannelInput.TimeFound(default, null, 1));

        rig.Machine.CanPassivate.ShouldBeTrue();
        rig.Appends.ShouldBeEmpty();
    }

    [Fact]
    public void A_write_of_the_tail_alone_that_fails_disturbs_nothing()
    {
        var rig = new ChannelRig(new NamespacePolicy("chat") { History = new HistoryLimits { Age = TimeSpan.FromSeconds(1) } });
        rig.Fill(3);
        rig.Step(new ChannelInput.TimeFound(default, null, 2));
        rig.Write(WriteOutcome.Busy);

        rig.Publish("next");
        rig.Write();

        (rig.Store.Head, rig.Store.Tail, rig.Machine.Log.Tail).ShouldBe((4, 1, 3));
        rig.Get<ChannelReply.Page>(new ChannelRequest.Read(new StreamPosition(rig.Store.Epoch, 0), 10, int.MaxValue)).Gap
            .ShouldBe(new GapNotice(GapReason.Trimmed, new StreamPosition(rig.Store.Epoch, 2), 1, 2));
    }
}
