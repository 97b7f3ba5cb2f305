using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Channels.Core;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Events;

namespace Realtime.Tests.Channels;

/// <summary>The log's actor stops and comes back: what was written is answered so, what was not goes again in order, and feeds learn the head.</summary>
public sealed class MachineRecoveryTests
{
    private readonly MachineRig _rig = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_publish_of_unknown_outcome_is_answered_only_after_the_recovery_has_found_it(bool wasWritten)
    {
        var tag = _rig.Publish("a");
        _rig.Fail(wasWritten ? 1 : 0);
        _rig.Reply(tag).ShouldBeNull();
        _rig.Recover();
        if (!wasWritten)
        {
            _rig.Reply(tag).ShouldBeNull();
            _rig.Commit();
        }

        _rig.PositionOf(tag)!.Value.Offset.ShouldBe(1);
        _rig.Log.Head.ShouldBe(1);
    }

    [Fact]
    public void What_was_not_sent_is_refused_for_certain_when_the_log_stops()
    {
        _rig.Publish("under way");
        var queued = _rig.Publish("b");
        _rig.Fail();
        var during = _rig.Publish("c");
        foreach (var tag in new[] { queued, during })
        {
            var refused = _rig.Reply(tag).ShouldBeOfType<ChannelReply.Refused>();
            (refused.Code, refused.Outcome, refused.RetryAfter).ShouldBe((ErrorCode.Unavailable, Outcome.None, 1000));
        }

        _rig.Recover();
        _rig.Commit();
        _rig.Log.All.Select(logged => MachineRig.TextOf(logged!.Message)).ShouldBe(["under way"]);
    }

    [Fact]
    public void A_node_that_has_lost_its_store_answers_what_is_under_way_as_unknown_and_the_rest_for_certain()
    {
        var underWay = _rig.Publish("a", sequence: 1);
        var queued = _rig.Publish("b", sequence: 2);
        _rig.Lose();
        var during = _rig.Publish("c", sequence: 3);
        var repeated = _rig.Publish("a", sequence: 1);

        (long Tag, Outcome Outcome)[] all = [(underWay, Outcome.Unknown), (queued, Outcome.None), (during, Outcome.None), (repeated, Outcome.None)];
        foreach (var (tag, outcome) in all)
        {
            var refused = _rig.Reply(tag).ShouldBeOfType<ChannelReply.Refused>();
            (refused.Code, refused.Outcome, refused.RetryAfter).ShouldBe((ErrorCode.Unavailable, outcome, 1_000));
        }
    }

    [Fact]
    public void A_store_without_room_refuses_what_waits_for_certain_and_takes_it_when_it_is_sent_again()
    {
        var underWay = _rig.Publish("a", sequence: 1);
        var queued = _rig.Publish("b", sequence: 2);
        _rig.FailFull();
        var during = _rig.Publish("c", sequence: 3);
        foreach (var tag in new[] { underWay, queued, during })
        {
            var refused = _rig.Reply(tag).ShouldBeOfType<ChannelReply.Refused>();
            (refused.Code, refused.Outcome, refused.RetryAfter).ShouldBe((ErrorCode.StorageFull, Outcome.None, (int)_rig.Policy.FullPause.TotalMilliseconds));
        }

        _rig.Recover();
        _rig.Log.Sent.ShouldBeEmpty("the refused ones must not be written behind the client's back");
        _rig.Now += 2_000;
        var early = _rig.Reply(_rig.Publish("a", sequence: 1)).ShouldBeOfType<ChannelReply.Refused>();
        (early.Code, early.RetryAfter).ShouldBe((ErrorCode.StorageFull, (int)_rig.Policy.FullPause.TotalMilliseconds - 2_000), "when the next try is made");
        _rig.Log.Sent.ShouldBeEmpty("another try so early would close the log to readers again");
        _rig.Now += early.RetryAfter!.Value;
        var again = _rig.Publish("a", sequence: 1);
        _rig.Commit();

        _rig.PositionOf(again)!.Value.Offset.ShouldBe(1);
        _rig.Log.All.Select(logged => MachineRig.TextOf(logged!.Message)).ShouldBe(["a"]);
    }

    [Fact]
    public void Reads_wait_for_a_log_that_stopped_for_want_of_room()
    {
        _rig.Fill(2);
        _rig.Publish("no room");
        _rig.FailFull();
        var read = _rig.Ask(tag => new ChannelRequest.Read(MachineRig.Name, tag, new StreamPosition(_rig.Machine.Log.Epoch, 0), 10, int.MaxValue));
        _rig.Reply(read).ShouldBeNull();

        _rig.Recover();

        _rig.Reply(read).ShouldBeOfType<ChannelReply.Page>().Messages.Count.ShouldBe(2);
    }

    [Fact]
    public void What_was_under_way_and_is_not_written_goes_again_in_its_order()
    {
        foreach (var text in new[] { "a", "b", "c" })
        {
            _rig.Publish(text);
        }

        _rig.Commit(1);
        _rig.Fail();
        _rig.Recover();
        _rig.Publish("d");
        _rig.Commit();
        _rig.Log.All.Select(logged => MachineRig.TextOf(logged!.Message)).ShouldBe(["a", "b", "c", "d"]);
    }

    [Fact]
    public void A_repeat_of_a_publish_in_doubt_shares_its_outcome()
    {
        var first = _rig.Publish("a", 1);
        _rig.Fail(written: 1);
        var repeat = _rig.Publish("a", 1);
        _rig.Reply(repeat).ShouldBeNull();
        _rig.Recover();
        _rig.PositionOf(repeat).ShouldBe(_rig.PositionOf(first));
        _rig.Log.Head.ShouldBe(1);
    }

    [Fact]
    public void A_foreign_event_is_found_by_the_recovery_and_not_overwritten()
    {
        _rig.Fill(2);
        var tag = _rig.Publish("mine", 9);
        _rig.Fail();
        _rig.Log.WriteForeign(
            new LoggedMessage(new LogMessage(3, MachineRig.Text("theirs"), 1)),
            new LoggedMessage(new LogMessage(4, MachineRig.Text("mine"), 1), MachineRig.Producer(), 9));
        _rig.Recover();

        _rig.PositionOf(tag)!.Value.Offset.ShouldBe(4);
        _rig.Publish("next");
        _rig.Commit();
        _rig.Log.All.Select(logged => MachineRig.TextOf(logged!.Message)).ShouldBe(["m1", "m2", "theirs", "mine", "next"]);
    }

    [Fact]
    public void Feeds_receive_the_recovered_head_and_read_what_they_missed()
    {
        var feed = _rig.Listen();
        _rig.Fill(1);
        _rig.Publish("lost to the feed");
        _rig.Fail(written: 1);
        _rig.News.Clear();
        _rig.Recover();

        _rig.News.ShouldHaveSingleItem().ShouldBe((feed, new ChannelNews.Head(MachineRig.Name, new StreamPosition(_rig.Log.Epoch, 2))));
        _rig.Read(1).Messages.Select(MachineRig.TextOf).ShouldBe(["lost to the feed"]);
    }

    [Fact]
    public void A_recovery_that_breaks_off_changes_nothing_and_the_next_one_begins_anew()
    {
        _rig.Fill(3);
        _rig.Fail();
        var news = _rig.Log.Recover();
        _rig.Hear(news[0]);
        _rig.Hear(news[1]);
        _rig.Fail();
        _rig.Machine.Log.Head.ShouldBe(3);
        _rig.Read(1).Messages.Count.ShouldBe(2);
        _rig.Recover();
        _rig.Machine.Log.Head.ShouldBe(3);
        _rig.Machine.Status.ShouldBe(LogStatus.Usable);
    }

    [Fact]
    public void A_log_that_comes_back_in_another_epoch_is_a_gap_to_its_readers()
    {
        _rig.Fill(3);
        var old = _rig.Log.Epoch;
        _rig.Fail();
        _rig.Log.Epoch = new Epoch(78);
        _rig.Recover();
        var page = _rig.Read(2, epoch: old);
        page.Gap.ShouldBe(new GapNotice(GapReason.Epoch, new StreamPosition(new Epoch(78), 0)));
        page.Messages.Count.ShouldBe(3);
    }

    [Fact]
    public void What_memory_holds_is_read_while_the_log_is_unavailable_and_the_rest_is_refused()
    {
        var rig = new MachineRig(policy: new ChannelPolicy { RecentMessages = 2 });
        rig.Fill(5);
        rig.Fail();
        rig.Read(3).Messages.Count.ShouldBe(2);
        rig.Get<ChannelReply.Refused>(tag => new ChannelRequest.Read(MachineRig.Name, tag, new StreamPosition(rig.Log.Epoch, 1), 10, 1000))
            .Code.ShouldBe(ErrorCode.Unavailable);

        // A subscriber has its place all the same; its feed reads the page later.
        var subscribed = rig.Subscribe(StartFrom.Start);
        (subscribed.Position.Offset, subscribed.Head.Offset, subscribed.Messages.Count).ShouldBe((0, 5, 0));
    }

    [Fact]
    public void Reads_that_the_log_took_along_are_answered()
    {
        var rig = new MachineRig(policy: new ChannelPolicy { RecentMessages = 2 }) { ServesReads = false };
        rig.Fill(5);
        var read = rig.Ask(tag => new ChannelRequest.Read(MachineRig.Name, tag, new StreamPosition(rig.Log.Epoch, 0), 10, 1000));
        rig.Reply(read).ShouldBeNull();
        rig.Fail();
        rig.Reply(read).ShouldBeOfType<ChannelReply.Refused>();

        // An answer that was on its way finds no one who waits.
        var count = rig.Replies.Count;
        rig.Recover();
        rig.ServeReads();
        rig.Replies.Count.ShouldBe(count);
    }

    [Fact]
    public void Feeds_and_roster_work_before_the_first_recovery_and_reads_wait_for_it()
    {
        var rig = new MachineRig(recovers: false);
        var feed = new SilentRef("feed");
        rig.Get<ChannelReply.Listening>(tag => new ChannelRequest.Listen(MachineRig.Name, tag, MachineRig.Feed(), 1), feed).Head.IsNone.ShouldBeTrue();
        var subscribe = rig.Ask(tag => new ChannelRequest.Subscribe(MachineRig.Name, tag, StartFrom.Live, 10, 1000, WantsRoster: false));
        rig.Reply(subscribe).ShouldBeNull();
        rig.Recover();
        rig.Reply(subscribe).ShouldBeOfType<ChannelReply.Subscribed>().Position.ShouldBe(new StreamPosition(rig.Log.Epoch, 0));
        rig.News.Single().News.ShouldBeOfType<ChannelNews.Head>();
    }

    [Fact]
    public void A_first_recovery_that_fails_refuses_all_that_waited()
    {
        var rig = new MachineRig(recovers: false);
        var publish = rig.Publish("a", 2, predecessor: 1);
        var read = rig.Ask(tag => new ChannelRequest.Read(MachineRig.Name, tag, default, 10, 1000));
        rig.Fail();
        var late = rig.Publish("a", 2, predecessor: 1);
        new[] { publish, read, late }.ShouldAllBe(tag => rig.Reply(tag) is ChannelReply.Refused);
    }

    [Fact]
    public void A_fenced_log_stops_the_channel_without_an_answer()
    {
        var tag = _rig.Publish("a");
        _rig.Hear(new LogNews.Fenced());
        _rig.Others.ShouldHaveSingleItem().ShouldBeOfType<ChannelEffect.StopFenced>();
        _rig.Reply(tag).ShouldBeNull();
    }

    [Fact]
    public void A_corrupt_row_is_a_gap_of_exactly_its_extent()
    {
        _rig.Fill(6);
        _rig.Log.Corrupt(3, 1);
        _rig.Log.Corrupt(4, 1);
        _rig.Restart();
        _rig.Machine.Log.Head.ShouldBe(6);
        _rig.Read(0).Messages.Select(MachineRig.TextOf).ShouldBe(["m1", "m2"]);
        _rig.Read(2).Gap.ShouldBe(new GapNotice(GapReason.Corrupt, new StreamPosition(_rig.Log.Epoch, 4), 3, 4));
        _rig.Read(4).Messages.Select(MachineRig.TextOf).ShouldBe(["m5", "m6"]);
    }

    [Fact]
    public void A_corrupt_row_at_the_end_keeps_its_offsets()
    {
        _rig.Fill(3);
        _rig.Log.Corrupt(3, 1);
        _rig.Restart();
        _rig.Publish("next");
        _rig.Commit();
        _rig.Log.All[^1]!.Message.Offset.ShouldBe(4);
        _rig.Read(3).Messages.Select(MachineRig.TextOf).ShouldBe(["next"]);
    }

    [Fact]
    public void A_snapshot_holds_the_committed_state_only()
    {
        _rig.Publish("a", 1);
        _rig.Commit();
        _rig.Publish("b", 2);
        _rig.Hear(new LogNews.SnapshotDue(4));
        var snapshot = _rig.Others.ShouldHaveSingleItem().ShouldBeOfType<ChannelEffect.Snapshot>();
        snapshot.SequenceNr.ShouldBe(4);
        snapshot.State.Producers.Single().Marks.ShouldBe([new ProducerMarks.Mark(1, 1)]);
        snapshot.State.Bytes.ShouldBe(65);
    }
}
