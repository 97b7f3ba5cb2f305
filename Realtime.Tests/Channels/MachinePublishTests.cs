using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Channels.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Channels;

/// <summary>Publishing: when it is answered, in which order, and exactly once.</summary>
public sealed class MachinePublishTests
{
    private readonly MachineRig _rig = new();

    [Fact]
    public void No_feed_receives_a_message_and_no_publisher_an_answer_before_the_commit()
    {
        _rig.Listen();
        var tag = _rig.Publish("a");
        (_rig.Reply(tag), _rig.News.Count, _rig.Machine.Log.Head).ShouldBe((null, 0, 0));

        _rig.Commit();

        _rig.PositionOf(tag).ShouldBe(new StreamPosition(_rig.Log.Epoch, 1));
        _rig.News.Single().News.ShouldBeOfType<ChannelNews.Batch>().Messages.Select(MachineRig.TextOf).ShouldBe(["a"]);
    }

    [Fact]
    public void What_comes_while_an_append_is_under_way_makes_the_next_one_in_order()
    {
        var tags = new[] { _rig.Publish("a"), _rig.Publish("b"), _rig.Publish("c") };
        _rig.Log.Sent.Single().Messages.Count.ShouldBe(1);
        _rig.Commit(1);
        _rig.Log.Sent.Single().Messages.Count.ShouldBe(2);
        _rig.Commit();

        tags.Select(tag => _rig.PositionOf(tag)!.Value.Offset).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void An_append_holds_no_more_than_its_bounds()
    {
        var rig = new MachineRig(policy: new ChannelPolicy { AppendMessages = 3, AppendBytes = 1000 });
        rig.Publish("first");
        for (var i = 0; i < 4; i++)
        {
            rig.Publish("x");
        }

        rig.Publish(new string('l', 2000));
        rig.Publish("last");
        var sizes = new List<int>();
        while (rig.Log.Sent.Count > 0)
        {
            sizes.Add(rig.Log.Sent.Single().Messages.Count);
            rig.Commit(1);
        }

        sizes.ShouldBe([1, 3, 1, 1, 1]);
    }

    [Fact]
    public void A_repeat_before_the_commit_is_answered_with_the_first_ones_position()
    {
        var first = _rig.Publish("a", 1);
        var repeat = _rig.Publish("a", 1);
        _rig.Commit();

        _rig.PositionOf(repeat).ShouldBe(_rig.PositionOf(first));
        _rig.Log.Head.ShouldBe(1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(9)]
    public void A_repeat_of_what_is_committed_is_answered_with_the_first_ones_position_also_after_a_restart(int snapshotAt)
    {
        var first = _rig.Publish("a", 7);
        _rig.Commit();
        _rig.Fill(8);
        _rig.Restart(snapshotAt);

        _rig.PositionOf(_rig.Publish("a", 7)).ShouldBe(_rig.PositionOf(first));
        _rig.Log.Head.ShouldBe(9);
        _rig.Machine.Log.Head.ShouldBe(9);
    }

    [Fact]
    public void Producers_do_not_share_their_sequence_numbers()
    {
        var ann = _rig.Publish("a", 1, producer: "ann");
        var ben = _rig.Publish("b", 1, producer: "ben");
        _rig.Commit();

        (_rig.PositionOf(ann)!.Value.Offset, _rig.PositionOf(ben)!.Value.Offset).ShouldBe((1, 2));
    }

    [Fact]
    public void A_refused_publish_may_be_sent_again_and_is_then_placed_later()
    {
        var rig = new MachineRig(policy: new ChannelPolicy { PendingMessages = 1 });
        rig.Publish("under way");
        rig.Publish("waits");
        rig.Reply(rig.Publish("refused", 1)).ShouldBeOfType<ChannelReply.Refused>();
        rig.Commit();

        var again = rig.Publish("refused", 1);
        rig.Commit();

        rig.PositionOf(again)!.Value.Offset.ShouldBe(3);
    }

    [Fact]
    public void A_number_older_than_the_window_is_refused_as_expired()
    {
        for (var sequence = 1; sequence <= ProducerWindow.Slots + 1; sequence++)
        {
            _rig.Publish("a", sequence);
            _rig.Commit();
        }

        _rig.Reply(_rig.Publish("a", 1)).ShouldBeOfType<ChannelReply.Refused>().Code.ShouldBe(ErrorCode.SeqExpired);
        _rig.PositionOf(_rig.Publish("a", 2)).ShouldNotBeNull();
    }

    [Fact]
    public void A_producer_that_was_silent_for_longer_than_the_window_is_forgotten()
    {
        _rig.Listen();
        _rig.Publish("a", 1);
        _rig.Commit();
        _rig.Now += (long)_rig.Policy.SequenceWindow.TotalMilliseconds + 1;
        _rig.Machine.Due!.Value.ShouldBeLessThanOrEqualTo(_rig.Now);
        _rig.Step(ChannelInput.Tick.Instance);

        _rig.Publish("a", 1);
        _rig.Commit();
        _rig.Log.Head.ShouldBe(2);
    }

    [Fact]
    public void A_publish_whose_predecessor_is_missing_is_sent_back()
    {
        _rig.Reply(_rig.Publish("b", 2, predecessor: 1)).ShouldBeOfType<ChannelReply.Retry>().Missing.ShouldBe(1);
        _rig.Log.Sent.ShouldBeEmpty();

        _rig.Publish("a", 1);
        _rig.Publish("b", 2, predecessor: 1);
        _rig.Publish("c", 3, predecessor: 2);
        _rig.Commit();
        _rig.Publish("d", 4, predecessor: 3);
        _rig.Commit();
        _rig.Log.All.Select(logged => MachineRig.TextOf(logged!.Message)).ShouldBe(["a", "b", "c", "d"]);
    }

    [Fact]
    public void A_full_queue_refuses_and_says_when_to_try_again()
    {
        var rig = new MachineRig(policy: new ChannelPolicy { PendingMessages = 2 });
        rig.Publish("under way");
        rig.Publish("a");
        rig.Publish("b");
        var refused = rig.Reply(rig.Publish("c")).ShouldBeOfType<ChannelReply.Refused>();
        (refused.Code, refused.Outcome, refused.RetryAfter is > 0).ShouldBe((ErrorCode.Unavailable, Outcome.None, true));
        rig.Commit();
        rig.Log.Head.ShouldBe(3);
    }

    [Fact]
    public void Bytes_that_wait_are_bounded_and_given_back()
    {
        var rig = new MachineRig(policy: new ChannelPolicy { PendingBytes = 1000 });
        rig.Publish(new string('x', 800));
        rig.Reply(rig.Publish(new string('x', 800))).ShouldBeOfType<ChannelReply.Refused>();
        rig.Commit();
        rig.Reply(rig.Publish(new string('x', 800))).ShouldBeNull();
    }

    [Fact]
    public void Publishes_that_come_during_the_first_recovery_wait_and_are_judged_by_it()
    {
        _rig.Publish("a", 1);
        _rig.Commit();
        var rig = new MachineRig(recovers: false);
        rig.Publish("unnumbered");
        var known = rig.Publish("a", 1);
        rig.Log.WriteForeign(_rig.Log.All.Select(logged => logged!).ToArray());
        rig.Replies.ShouldBeEmpty();
        rig.Recover();
        rig.PositionOf(known)!.Value.Offset.ShouldBe(1);
        rig.Commit();
        rig.Log.All.Select(logged => MachineRig.TextOf(logged!.Message)).ShouldBe(["a", "unnumbered"]);
    }

    [Fact]
    public void A_memory_log_answers_at_once_and_recognises_repeats()
    {
        var rig = new MachineRig(new NamespacePolicy("chat") { Durability = Durability.Memory });
        rig.Listen();
        var first = rig.Publish("a", 1);
        rig.PositionOf(rig.Publish("a", 1)).ShouldBe(rig.PositionOf(first));
        rig.Reply(rig.Publish("c", 3, predecessor: 2)).ShouldBeOfType<ChannelReply.Retry>();
        rig.News.Count.ShouldBe(1);
        rig.PositionOf(first).ShouldBe(new StreamPosition(new Epoch(5), 1));
    }

    [Fact]
    public void Without_a_log_a_message_has_no_position_and_no_predecessor_is_asked_for()
    {
        var rig = new MachineRig(new NamespacePolicy("chat") { Durability = Durability.None });
        rig.Listen();
        rig.PositionOf(rig.Publish("a", 5, predecessor: 4)).ShouldBeNull();
        var batch = rig.News.Single().News.ShouldBeOfType<ChannelNews.Batch>();
        (batch.Epoch.IsNone, batch.Messages[0].Offset).ShouldBe((true, 0));
    }

    [Fact]
    public void A_stopping_channel_finishes_what_is_under_way_and_gives_the_rest_back()
    {
        _rig.Listen();
        var underWay = _rig.Publish("a");
        var queued = _rig.Publish("b");
        _rig.Step(ChannelInput.Stopping.Instance);
        var late = _rig.Publish("c");
        var read = _rig.Ask(tag => new ChannelRequest.Read(MachineRig.Name, tag, default, 1, 1));
        _rig.Commit();

        _rig.PositionOf(underWay)!.Value.Offset.ShouldBe(1);
        new[] { queued, late, read }.ShouldAllBe(tag => _rig.Reply(tag) is ChannelReply.Retry);
        _rig.Log.Sent.ShouldBeEmpty();
        _rig.News.Single().News.ShouldBeOfType<ChannelNews.Batch>();
    }
}
