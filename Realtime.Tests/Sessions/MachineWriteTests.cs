using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Sessions;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Sessions;
using Realtime.Node.Sessions.Core;
using static Realtime.Tests.Sessions.MachineRig;

namespace Realtime.Tests.Sessions;

/// <summary>What is written when, and what becomes of it.</summary>
public sealed class MachineWriteTests
{
    private readonly MachineRig _rig = new();
    private readonly IActorRef _first = Connection("first");
    private readonly IActorRef _second = Connection("second");

    private JournalEvent.SessionSaved Saved => _rig.Stored.ShouldBeOfType<JournalEvent.SessionSaved>();

    [Fact]
    public void Opening_and_subscribing_are_answered_at_once_and_written_behind_together()
    {
        _rig.Open(_first);
        _rig.Subscribe(_first, Chat).ShouldBeOfType<SessionReply.Done>();
        _rig.Advance(_rig.Policy.WriteBehind - TimeSpan.FromMilliseconds(1));
        _rig.LogStarts.ShouldBe(0);

        _rig.Advance(TimeSpan.FromMilliseconds(1));
        _rig.Recover();
        _rig.Commit();

        _rig.Appends.ShouldBe(1);
        Saved.Record.Subscriptions.ShouldHaveSingleItem().Channel.ShouldBe(Chat.Value);
    }

    [Fact]
    public void A_plain_reconnect_writes_nothing_and_no_channel_hears_of_it()
    {
        _rig.OpenAndWrite(_first);
        _rig.Detach(_first);
        _rig.Advance(_rig.Policy.Grace - TimeSpan.FromMilliseconds(1));

        _rig.Attach(_second).ShouldBeOfType<SessionReply.Attached>();
        _rig.Advance(TimeSpan.FromMinutes(1));

        (_rig.Appends, _rig.LogStarts).ShouldBe((1, 1));
        _rig.Withdrawals.ShouldBeEmpty();
    }

    [Fact]
    public void State_is_answered_after_its_commit_and_reported_by_the_next_attachment()
    {
        _rig.OpenAndWrite(_first);
        var set = _rig.Set(_first, "theme", "dark");
        _rig.Recover();
        _rig.Answers.ShouldNotContainKey(set);
        _rig.Attach(_second).ShouldBeOfType<SessionReply.Attached>().State.ShouldBeEmpty("it is not committed");

        _rig.Commit();

        _rig.Answers[set].ShouldBeOfType<SessionReply.Done>();
        _rig.Attach(_first).ShouldBeOfType<SessionReply.Attached>().State.ShouldHaveSingleItem().Key.ShouldBe("theme");
        Saved.Record.State.Keys.ShouldBe(["theme"]);
    }

    [Fact]
    public void State_that_comes_while_an_append_is_under_way_is_in_the_next_one()
    {
        _rig.OpenAndWrite(_first);
        var first = _rig.Set(_first, "a", "1");
        _rig.Recover();
        var second = _rig.Set(_first, "b", "2");

        _rig.Commit();
        (_rig.Answers.ContainsKey(first), _rig.Answers.ContainsKey(second)).ShouldBe((true, false));
        _rig.Commit();

        _rig.Answers[second].ShouldBeOfType<SessionReply.Done>();
        Saved.Record.State.Keys.Order().ShouldBe(["a", "b"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_append_whose_outcome_is_unknown_is_answered_by_what_the_log_says_later(bool wasWritten)
    {
        _rig.OpenAndWrite(_first);
        var set = _rig.Set(_first, "a", "1");
        _rig.Recover();

        _rig.Fail();
        _rig.Answers.ShouldNotContainKey(set, "it may be written");
        _rig.Answers[_rig.Set(_first, "b", "2")].ShouldBeOfType<SessionReply.Refused>().ShouldSatisfyAllConditions(
            refused => refused.Code.ShouldBe(ErrorCode.Unavailable), refused => refused.RetryAfter.ShouldBe(2000));
        _rig.Resolve(wasWritten);

        if (wasWritten)
        {
            _rig.Answers[set].ShouldBeOfType<SessionReply.Done>();
        }
        else
        {
            _rig.Answers[set].ShouldBeOfType<SessionReply.Refused>().Outcome.ShouldBe(Outcome.None);
            _rig.Commit();
        }

        _rig.Attach(_second).ShouldBeOfType<SessionReply.Attached>().State.Count.ShouldBe(wasWritten ? 1 : 0);
        Saved.Record.State.Count.ShouldBe(wasWritten ? 1 : 0);
    }

    [Fact]
    public void State_that_was_under_way_when_the_node_lost_its_store_is_answered_as_unknown_at_once()
    {
        _rig.OpenAndWrite(_first);
        var set = _rig.Set(_first, "a", "1");
        _rig.Recover();
        _rig.Lose();

        var during = _rig.Set(_first, "b", "2");

        _rig.Answers[set].ShouldBeOfType<SessionReply.Refused>().ShouldSatisfyAllConditions(
            refused => refused.Code.ShouldBe(ErrorCode.Unavailable), refused => refused.Outcome.ShouldBe(Outcome.Unknown));
        _rig.Answers[during].ShouldBeOfType<SessionReply.Refused>().Outcome.ShouldBe(Outcome.None);
        _rig.Step(new SessionInput.HandOff());
        _rig.IsStopped.ShouldBeTrue("nothing more can be written");
    }

    [Fact]
    public void Without_room_state_is_refused_for_certain_and_the_record_is_written_when_there_is_room()
    {
        _rig.OpenAndWrite(_first);
        var set = _rig.Set(_first, "a", "1");
        _rig.Recover();

        _rig.FailFull();
        var during = _rig.Set(_first, "b", "2");
        foreach (var tag in new[] { set, during })
        {
            _rig.Answers[tag].ShouldBeOfType<SessionReply.Refused>().ShouldSatisfyAllConditions(
                refused => refused.Code.ShouldBe(ErrorCode.StorageFull),
                refused => refused.Outcome.ShouldBe(Outcome.None),
                refused => refused.RetryAfter.ShouldBe((int)_rig.Policy.FullPause.TotalMilliseconds));
        }

        _rig.Subscribe(_first, Chat).ShouldBeOfType<SessionReply.Done>();

        // The log counts the refused append as answered.
        _rig.Recover(wasCommitted: true);
        _rig.Advance(TimeSpan.FromSeconds(2));
        var early = _rig.Answers[_rig.Set(_first, "c", "3")].ShouldBeOfType<SessionReply.Refused>();
        (early.Code, early.RetryAfter).ShouldBe((ErrorCode.StorageFull, (int)_rig.Policy.FullPause.TotalMilliseconds - 2_000), "when the next try is made");
        _rig.Pending.ShouldBeNull("there was no room a moment ago");
        _rig.Advance(_rig.Policy.FullPause);
        _rig.Commit();

        Saved.Record.State.Count.ShouldBe(0);
        Saved.Record.Subscriptions.Count.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void While_the_store_does_not_answer_sessions_open_and_subscribe_and_are_written_when_it_does()
    {
        _rig.Open(_first);
        _rig.Advance(_rig.Policy.WriteBehind);
        _rig.Fail();

        _rig.Subscribe(_first, Chat).ShouldBeOfType<SessionReply.Done>();
        _rig.Attach(_second).ShouldBeOfType<SessionReply.Attached>();
        _rig.Advance(TimeSpan.FromMinutes(5));
        _rig.Recover();
        _rig.Commit();

        Saved.Record.Subscriptions.Count.ShouldBe(1);
    }

    [Fact]
    public void A_session_that_cannot_be_read_back_answers_unavailable_and_is_there_when_the_store_is()
    {
        _rig.OpenAndWrite(_first);
        _rig.Reload();
        var early = _rig.Ask(_second, AttachOf());
        _rig.Fail();
        var late = _rig.Ask(_second, AttachOf());
        _rig.Answers[early].ShouldBeOfType<SessionReply.Refused>().RetryAfter.ShouldBe(2000);
        _rig.Answers[late].ShouldBeOfType<SessionReply.Refused>();

        _rig.Recover();

        _rig.IsPassivated.ShouldBeTrue("no connection waits for it any more");
        _rig.ReloadAndAttach(_second).ShouldBeOfType<SessionReply.Attached>().Subscriptions.Count.ShouldBe(1);
    }

    [Fact]
    public void A_session_that_cannot_be_read_back_and_that_nobody_asks_for_leaves_memory()
    {
        _rig.OpenAndWrite(_first);
        _rig.Reload();
        _rig.Ask(_second, AttachOf());

        _rig.Fail();
        _rig.IsPassivated.ShouldBeFalse();
        _rig.Fail();

        _rig.IsPassivated.ShouldBeTrue();
    }

    [Fact]
    public void After_the_grace_time_channels_are_told_until_they_answer_and_positions_are_written()
    {
        _rig.OpenAndWrite(_first);
        _rig.Answer(_first, tag => new SessionRequest.Acknowledge(Id, tag, [new ChannelPosition(Chat, At(40))]));
        _rig.Advance(TimeSpan.FromSeconds(20));
        _rig.Appends.ShouldBe(1, "acknowledged positions alone are not written");
        var attachment = _rig.Machine.Attachment;
        _rig.Detach(_first);
        _rig.Withdrawals.ShouldBeEmpty();

        _rig.Advance(_rig.Policy.Grace);
        _rig.Recover();
        _rig.Commit();
        Saved.Record.Subscriptions[0].Offset.ShouldBe(40);
        _rig.Withdrawals.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            sent => sent.Channel.ShouldBe(Chat), sent => sent.Session.ShouldBe(Id), sent => sent.Stamp.ShouldBe(new PresenceStamp(attachment, PresenceStamp.Final)));
        _rig.IsPassivated.ShouldBeFalse("the channel has not answered");

        _rig.Advance(TimeSpan.FromSeconds(1));
        _rig.Withdrawals.Count.ShouldBe(2);
        _rig.Advance(TimeSpan.FromSeconds(1));
        _rig.Withdrawals.Count.ShouldBe(2, "pauses double");
        _rig.Advance(TimeSpan.FromSeconds(1));
        _rig.Withdrawals.Count.ShouldBe(3);
        _rig.Noted(_rig.Withdrawals[0]);

        _rig.IsPassivated.ShouldBeTrue();
    }

    [Fact]
    public void A_channel_that_is_stopping_is_asked_again_and_one_that_refuses_for_good_is_not()
    {
        _rig.OpenAndWrite(_first);
        _rig.Detach(_first);
        _rig.Advance(_rig.Policy.Grace);
        _rig.Recover();
        _rig.Commit();
        var tag = _rig.Withdrawals[0].Tag;

        _rig.Step(new SessionInput.ChannelAnswered(new ChannelReply.Retry(tag)));
        _rig.Step(new SessionInput.ChannelAnswered(new ChannelReply.Refused(tag, ErrorCode.Unavailable, "", 100)));
        _rig.IsPassivated.ShouldBeFalse();
        _rig.Step(new SessionInput.ChannelAnswered(new ChannelReply.Refused(tag, ErrorCode.NotFound, "")));

        _rig.IsPassivated.ShouldBeTrue();
    }

    [Fact]
    public void A_connection_that_comes_back_after_the_grace_time_stops_the_withdrawals()
    {
        var before = _rig.OpenAndWrite(_first).Attachment;
        _rig.Detach(_first);
        _rig.Advance(_rig.Policy.Grace);
        var withdrawn = _rig.Withdrawals.ShouldHaveSingleItem().Stamp.Attachment;

        var after = _rig.Attach(_second).ShouldBeOfType<SessionReply.Attached>().Attachment;
        _rig.Advance(TimeSpan.FromMinutes(1));

        (withdrawn, after > withdrawn).ShouldBe((before, true), "the channel ignores a withdrawal that is older than the claim");
        _rig.Withdrawals.Count.ShouldBe(1);
    }

    [Fact]
    public void State_is_bounded_in_keys_and_in_bytes_with_what_is_under_way_counted()
    {
        var rig = new MachineRig(new SessionPolicy { StateKeys = 2, StateBytes = 20 });
        rig.OpenAndWrite(_first);
        rig.Set(_first, "a", "1");
        rig.Recover();
        rig.Set(_first, "b", "2");

        rig.Answers[rig.Set(_first, "c", "3")].ShouldBeOfType<SessionReply.Refused>().Code.ShouldBe(ErrorCode.TooMany);
        rig.Answers[rig.Set(_first, "a", "0123456789012345")].ShouldBeOfType<SessionReply.Refused>().Code.ShouldBe(ErrorCode.TooLarge);
    }
}
