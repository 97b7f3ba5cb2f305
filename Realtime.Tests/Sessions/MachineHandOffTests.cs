using Akka.Actor;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Sessions;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Sessions.Core;
using static Realtime.Tests.Sessions.MachineRig;

namespace Realtime.Tests.Sessions;

/// <summary>A session whose shard moves.</summary>
public sealed class MachineHandOffTests
{
    private readonly MachineRig _rig = new();
    private readonly IActorRef _first = Connection("first");
    private readonly IActorRef _second = Connection("second");

    [Fact]
    public void A_session_whose_record_says_all_stops_at_once_and_writes_nothing()
    {
        _rig.OpenAndWrite(_first);

        HandOff();

        (_rig.IsStopped, _rig.Appends).ShouldBe((true, 1));
    }

    [Fact]
    public void Acknowledged_positions_are_written_first_and_requests_are_sent_back()
    {
        _rig.OpenAndWrite(_first);
        _rig.Answer(_first, tag => new SessionRequest.Acknowledge(Id, tag, [new ChannelPosition(Chat, At(9))]));

        HandOff();
        _rig.Subscribe(_first, Other).ShouldBeOfType<SessionReply.Retry>();
        _rig.Recover();
        _rig.IsStopped.ShouldBeFalse();
        _rig.Commit();

        _rig.IsStopped.ShouldBeTrue();
        _rig.Stored.ShouldBeOfType<JournalEvent.SessionSaved>().Record.Subscriptions[0].Offset.ShouldBe(9);
    }

    [Fact]
    public void Staged_state_is_committed_and_answered_before_it_stops()
    {
        _rig.OpenAndWrite(_first);
        var first = _rig.Set(_first, "a", "1");
        _rig.Recover();
        var second = _rig.Set(_first, "b", "2");

        HandOff();
        _rig.Commit();
        _rig.Commit();

        (_rig.Answers[first], _rig.Answers[second]).ShouldSatisfyAllConditions(
            answers => answers.Item1.ShouldBeOfType<SessionReply.Done>(), answers => answers.Item2.ShouldBeOfType<SessionReply.Done>());
        _rig.IsStopped.ShouldBeTrue();
    }

    [Fact]
    public void Where_the_store_does_not_answer_what_waits_is_refused_and_what_was_under_way_is_unknown()
    {
        _rig.OpenAndWrite(_first);
        var underWay = _rig.Set(_first, "a", "1");
        _rig.Recover();
        var staged = _rig.Set(_first, "b", "2");

        HandOff();
        _rig.Fail();

        _rig.Answers[underWay].ShouldBeOfType<SessionReply.Refused>().Outcome.ShouldBe(Outcome.Unknown);
        _rig.Answers[staged].ShouldBeOfType<SessionReply.Refused>().Outcome.ShouldBe(Outcome.None);
        _rig.IsStopped.ShouldBeTrue();
    }

    [Fact]
    public void Bye_is_finished_first()
    {
        _rig.OpenAndWrite(_first);
        var bye = _rig.End(_first);

        HandOff();
        _rig.Recover();
        _rig.Commit();

        _rig.Answers[bye].ShouldBeOfType<SessionReply.Done>();
        _rig.IsStopped.ShouldBeTrue();
    }

    [Fact]
    public void A_grace_time_goes_on_at_the_successor_with_what_is_left_of_it()
    {
        _rig.OpenAndWrite(_first);
        _rig.Detach(_first);
        _rig.Advance(TimeSpan.FromSeconds(4));
        HandOff();
        _rig.Recover();
        _rig.Commit();
        var continued = _rig.ToSuccessor.ShouldHaveSingleItem();

        _rig.Reload();
        _rig.Step(new SessionInput.Asked(continued, ActorRefs.Nobody));
        _rig.Recover();
        _rig.Advance(TimeSpan.FromSeconds(5.9));
        _rig.Withdrawals.ShouldBeEmpty();
        _rig.Advance(TimeSpan.FromSeconds(0.1));

        _rig.Withdrawals.ShouldHaveSingleItem().Stamp.Attachment.ShouldBe(continued.Attachment);
    }

    [Fact]
    public void Withdrawals_that_are_not_answered_are_sent_by_the_successor()
    {
        _rig.OpenAndWrite(_first);
        _rig.Detach(_first);
        _rig.Advance(_rig.Policy.Grace);
        _rig.Recover();
        _rig.Commit();
        HandOff();
        var continued = _rig.ToSuccessor.ShouldHaveSingleItem();

        _rig.Reload();
        _rig.Step(new SessionInput.Asked(continued, ActorRefs.Nobody));
        _rig.Fail();
        _rig.Recover();

        _rig.Withdrawals.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_successor_that_a_connection_holds_already_ignores_the_old_grace_time()
    {
        var attachment = _rig.OpenAndWrite(_first).Attachment;
        _rig.ReloadAndAttach(_second);

        _rig.Step(new SessionInput.Asked(new SessionRequest.ContinueGrace(Id, attachment, _rig.Now), ActorRefs.Nobody));

        _rig.Machine.Stage.ShouldBe(SessionStage.Attached);
        _rig.Withdrawals.ShouldBeEmpty();
    }

    [Fact]
    public void A_connection_that_ends_while_its_session_hands_off_begins_a_grace_time_at_the_successor()
    {
        var attachment = _rig.OpenAndWrite(_first).Attachment;
        _rig.Set(_first, "a", "1");
        HandOff();

        _rig.Detach(_first).ShouldBeOfType<SessionReply.Done>();
        _rig.Recover();
        _rig.Commit();

        _rig.IsStopped.ShouldBeTrue();
        _rig.ToSuccessor.ShouldHaveSingleItem().ShouldBe(
            new SessionRequest.ContinueGrace(Id, attachment, _rig.Now + (long)_rig.Policy.Grace.TotalMilliseconds));
    }

    [Fact]
    public void The_last_word_of_a_connection_is_enough_to_begin_a_grace_time_at_a_session_that_was_just_read_back()
    {
        var attachment = _rig.OpenAndWrite(_first).Attachment with { Ordinal = _rig.Now + 50 };
        _rig.Reload();

        var tag = _rig.Ask(_first, tag => new SessionRequest.Detach(Id, tag, null, attachment));
        _rig.Recover();
        _rig.Answers[tag].ShouldBeOfType<SessionReply.Done>();
        _rig.Machine.Stage.ShouldBe(SessionStage.Detached);
        _rig.Advance(_rig.Policy.Grace);

        _rig.Withdrawals.ShouldHaveSingleItem().Stamp.Attachment.ShouldBe(attachment, "what its feed claimed is withdrawn by what it claimed it with");
    }

    [Fact]
    public void The_last_word_of_an_older_connection_begins_nothing()
    {
        var attachment = _rig.OpenAndWrite(_first).Attachment;
        _rig.Reload();

        var tag = _rig.Ask(_second, tag => new SessionRequest.Detach(Id, tag, null, attachment with { Ordinal = attachment.Ordinal - 1 }));
        _rig.Recover();

        _rig.Answers[tag].ShouldBeOfType<SessionReply.NotAttached>();
        _rig.Machine.Stage.ShouldBe(SessionStage.Recovered);
    }

    [Fact]
    public void A_grace_time_that_waits_for_the_log_goes_on_to_the_next_owner()
    {
        var attachment = _rig.OpenAndWrite(_first).Attachment;
        var grace = new SessionRequest.ContinueGrace(Id, attachment, _rig.Now + 5000);
        _rig.Reload();
        _rig.Step(new SessionInput.Asked(grace, ActorRefs.Nobody));
        _rig.Fail();
        _rig.Ask(_first, tag => new SessionRequest.Detach(Id, tag, null, attachment));

        HandOff();

        _rig.IsStopped.ShouldBeTrue();
        _rig.ToSuccessor.ShouldBe([grace, grace with { GraceEnds = _rig.Now + (long)_rig.Policy.Grace.TotalMilliseconds }]);
    }

    [Fact]
    public void A_session_whose_log_another_node_owns_stops_and_answers_nothing()
    {
        _rig.OpenAndWrite(_first);
        var set = _rig.Set(_first, "a", "1");
        _rig.Step(new SessionInput.LogFenced());

        _rig.IsStopped.ShouldBeTrue();
        _rig.Answers.ShouldNotContainKey(set);
    }

    private void HandOff() => _rig.Step(new SessionInput.HandOff());
}
