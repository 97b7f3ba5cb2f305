using Realtime.Cluster.Journal;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Channels.Core;

namespace Realtime.Tests.Channels;

/// <summary>Publishing on a durable channel: when it is answered, in which order, and exactly once.</summary>
public sealed class ChannelPublishTests
{
    private readonly ChannelRig _rig = new();

    [Fact]
    public void Publishes_of_one_turn_share_an_append()
    {
        var rig = new ChannelRig { EndsTurns = false };
        var tags = new[] { rig.Publish("a"), rig.Publish("b"), rig.Publish("c") };
        rig.Appends.ShouldBeEmpty();
        rig.Step(ChannelInput.TurnEnded.Instance);

        rig.Appends.Single().Messages.Select(ChannelRig.TextOf).ShouldBe(["a", "b", "c"]);
        rig.Write();
        tags.Select(tag => rig.PositionOf(tag)!.Value.Offset).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Nobody_hears_of_a_message_before_it_is_committed()
    {
        _rig.Ask(new ChannelRequest.Listen(ChannelRig.Node, 1));
        var tag = _rig.Publish("a");
        (_rig.Answers.ContainsKey(tag), _rig.News.Count, _rig.Machine.Log.Head).ShouldBe((false, 0, 0));

        _rig.Write();

        _rig.PositionOf(tag).ShouldBe(new StreamPosition(_rig.Store.Epoch, 1));
        _rig.News.Count.ShouldBe(1);
        _rig.News[0].ShouldBeOfType<ChannelNews.Messages>().Items.Select(ChannelRig.TextOf).ShouldBe(["a"]);
    }

    [Fact]
    public void What_comes_while_an_append_is_under_way_makes_the_next_one_in_order()
    {
        var first = _rig.Publish("a");
        var second = _rig.Publish("b");
        var third = _rig.Publish("c");
        _rig.Appends.Count.ShouldBe(1);

        _rig.Write();
        _rig.Appends.Count.ShouldBe(1);
        _rig.Write();

        new[] { first, second, third }.Select(tag => _rig.PositionOf(tag)!.Value.Offset).ShouldBe([1, 2, 3]);
        _rig.Store.All.Select(ChannelRig.TextOf).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public void A_repeat_that_comes_before_the_first_is_committed_gets_the_same_position()
    {
        var first = _rig.Publish("a", 1);
        var whileUnderWay = _rig.Publish("a", 1);
        _rig.Publish("b", 2);
        var whileQueued = _rig.Publish("b", 2);
        _rig.Write();
        _rig.Write();

        _rig.PositionOf(whileUnderWay).ShouldBe(_rig.PositionOf(first));
        _rig.PositionOf(whileQueued)!.Value.Offset.ShouldBe(2);
        _rig.Store.Head.ShouldBe(2);
    }

    [Fact]
    public void A_repeat_of_what_is_committed_gets_the_first_ones_position_also_after_a_restart()
    {
        var first = _rig.Publish("a", 7);
        _rig.Write();
        _rig.Fill(3);

        _rig.PositionOf(_rig.Publish("a", 7)).ShouldBe(_rig.PositionOf(first));
        _rig.Reopen();
        _rig.PositionOf(_rig.Publish("a", 7)).ShouldBe(_rig.PositionOf(first));

        _rig.Appends.ShouldBeEmpty();
        _rig.Store.Head.ShouldBe(4);
    }

    [Fact]
    public void Producers_do_not_share_their_sequence_numbers()
    {
        _rig.Publish("a", 1, "p-1");
        _rig.Write();
        var other = _rig.Publish("b", 1, "p-2");
        _rig.Write();

        _rig.PositionOf(other)!.Value.Offset.ShouldBe(2);
    }

    [Fact]
    public void A_refused_publish_may_be_sent_again_and_is_then_placed_later()
    {
        var refused = _rig.Publish("a", 1);
        _rig.Write(WriteOutcome.Busy);
        _rig.RefusalOf(refused).Outcome.ShouldBe(Outcome.None);
        _rig.Publish("b", 2);
        _rig.Write();

        var again = _rig.Publish("a", 1);
        _rig.Write();

        _rig.PositionOf(again)!.Value.Offset.ShouldBe(2);
        _rig.Store.All.Select(ChannelRig.TextOf).ShouldBe(["b", "a"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_older_than_the_window_is_expired_and_what_is_in_it_is_known(bool restarted)
    {
        for (var sequence = 1; sequence <= ProducerMark.Slots + 10; sequence++)
        {
            _rig.Publish($"m{sequence}", sequence);
            _rig.Write();
        }

        if (restarted)
        {
            _rig.Reopen();
        }

        var refusal = _rig.RefusalOf(_rig.Publish("m10", 10));
        (refusal.Code, refusal.Outcome).ShouldBe((ErrorCode.SeqExpired, Outcome.Unknown));
        _rig.PositionOf(_rig.Publish("m11", 11))!.Value.Offset.ShouldBe(11);
        _rig.Appends.ShouldBeEmpty();
    }

    [Fact]
    public void The_window_counts_on_after_a_restart_instead_of_overwriting_its_newest_numbers()
    {
        for (var sequence = 1; sequence <= 300; sequence++)
        {
            _rig.Publish($"m{sequence}", sequence);
            _rig.Write();
            if (sequence % 70 == 0)
            {
                _rig.Reopen();
            }
        }

        _rig.Reopen();
        for (var sequence = 300; sequence > 300 - ProducerMark.Slots; sequence--)
        {
            _rig.PositionOf(_rig.Publish($"m{sequence}", sequence))!.Value.Offset.ShouldBe(sequence);
        }
    }

    [Theory]
    [InlineData(WriteOutcome.StorageFull, ErrorCode.StorageFull)]
    [InlineData(WriteOutcome.Busy, ErrorCode.Unavailable)]
    [InlineData(WriteOutcome.Unavailable, ErrorCode.Unavailable)]
    public void A_write_the_store_refuses_is_refused_with_certainty_and_the_channel_goes_on(WriteOutcome outcome, ErrorCode code)
    {
        var refused = _rig.Publish("a");
        var next = _rig.Publish("b");
        _rig.Write(outcome);

        var refusal = _rig.RefusalOf(refused);
        (refusal.Code, refusal.Outcome).ShouldBe((code, Outcome.None));
        refusal.RetryAfter.ShouldNotBeNull().ShouldBeGreaterThan(0);
        _rig.Write();
        _rig.PositionOf(next)!.Value.Offset.ShouldBe(1);
        _rig.GaveUp.ShouldBeNull();
    }

    [Fact]
    public void A_conflict_refuses_everything_that_waits_and_gives_up_what_this_entity_believed()
    {
        var first = _rig.Publish("a");
        var second = _rig.Publish("b");

        _rig.Write(WriteOutcome.Conflict);

        _rig.GaveUp.ShouldNotBeNull();
        _rig.RefusalOf(first).Outcome.ShouldBe(Outcome.None);
        _rig.RefusalOf(second).Outcome.ShouldBe(Outcome.None);
        _rig.Appends.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_lost_answer_is_settled_by_the_head(bool wasWritten)
    {
        _rig.Ask(new ChannelRequest.Listen(ChannelRig.Node, 1));
        var tag = _rig.Publish("a", 1);
        _rig.LoseAnswer(wasWritten);
        (_rig.Answers.ContainsKey(tag), _rig.News.Count).ShouldBe((false, 0));

        _rig.Resolve();

        if (wasWritten)
        {
            _rig.PositionOf(tag)!.Value.Offset.ShouldBe(1);
            _rig.News.Count.ShouldBe(1);
        }
        else
        {
            _rig.RefusalOf(tag).Outcome.ShouldBe(Outcome.None);
            _rig.News.ShouldBeEmpty();
        }

        var again = _rig.Publish("a", 1);
        _rig.Appends.Count.ShouldBe(wasWritten ? 0 : 1);
        if (!wasWritten)
        {
            _rig.Write();
        }

        _rig.PositionOf(again)!.Value.Offset.ShouldBe(1);
        _rig.Store.Head.ShouldBe(1);
    }

    [Fact]
    public void While_a_write_is_in_doubt_new_publishes_are_refused_and_repeats_wait_for_the_verdict()
    {
        var first = _rig.Publish("a", 1);
        var queued = _rig.Publish("b", 2);
        _rig.LoseAnswer(wasWritten: true);

        var refused = _rig.Publish("c", 3);
        var repeat = _rig.Publish("a", 1);

        _rig.RefusalOf(refused).Code.ShouldBe(ErrorCode.Unavailable);
        _rig.Resolve();
        _rig.Write();
        _rig.PositionOf(first)!.Value.Offset.ShouldBe(1);
        _rig.PositionOf(repeat)!.Value.Offset.ShouldBe(1);
        _rig.PositionOf(queued)!.Value.Offset.ShouldBe(2);
    }

    [Fact]
    public void A_head_that_fits_neither_verdict_leaves_the_outcome_unknown_and_gives_up()
    {
        var tag = _rig.Publish("a");
        var queued = _rig.Publish("b");
        _rig.LoseAnswer(wasWritten: false);

        _rig.Step(new ChannelInput.HeadKnown(17));

        _rig.RefusalOf(tag).Outcome.ShouldBe(Outcome.Unknown);
        _rig.RefusalOf(queued).Outcome.ShouldBe(Outcome.None);
        _rig.GaveUp.ShouldNotBeNull();
    }

    [Fact]
    public void Beyond_the_bounds_of_what_may_wait_publishes_are_refused_and_room_comes_back()
    {
        var rig = new ChannelRig(policy: new ChannelPolicy { PendingMessages = 2 });
        rig.Publish("under way");
        rig.Publish("a");
        rig.Publish("b");
        rig.RefusalOf(rig.Publish("c")).Code.ShouldBe(ErrorCode.Unavailable);

        rig.Write();

        rig.Answers.ContainsKey(rig.Publish("d")).ShouldBeFalse();
    }

    [Fact]
    public void Beyond_the_bytes_that_may_wait_publishes_are_refused_and_room_comes_back()
    {
        var rig = new ChannelRig(policy: new ChannelPolicy { PendingBytes = 1000 });
        var text = new string('x', 500);
        rig.Publish(text);
        rig.RefusalOf(rig.Publish(text)).Code.ShouldBe(ErrorCode.Unavailable);
        rig.Write();

        rig.Answers.ContainsKey(rig.Publish(text)).ShouldBeFalse();
        rig.Write(WriteOutcome.Busy);
        rig.Answers.ContainsKey(rig.Publish(text)).ShouldBeFalse();
    }

    [Fact]
    public void Sequence_numbers_of_a_silent_producer_are_let_go_of_after_the_window()
    {
        var rig = new ChannelRig(policy: new ChannelPolicy { SequenceWindow = TimeSpan.FromMinutes(10) });
        rig.Publish("a", 1);
        rig.Write();

        rig.Now += (long)TimeSpan.FromMinutes(10).TotalMilliseconds;
        rig.Step(new ChannelInput.AgeTick());
        rig.PositionOf(rig.Publish("a", 1))!.Value.Offset.ShouldBe(1);

        rig.Now++;
        rig.Step(new ChannelInput.AgeTick());
        rig.Publish("a", 1);
        rig.Appends.Count.ShouldBe(1);
    }
}
