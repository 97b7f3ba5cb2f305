using Akka.Actor;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Sessions;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Sessions.Core;
using static Realtime.Tests.Sessions.MachineRig;

namespace Realtime.Tests.Sessions;

/// <summary>How a session ends: bye, an operator, time.</summary>
public sealed class MachineEndTests
{
    private readonly MachineRig _rig = new();
    private readonly IActorRef _first = Connection("first");
    private readonly IActorRef _second = Connection("second");

    private JournalEvent.SessionSaved Saved => _rig.Stored.ShouldBeOfType<JournalEvent.SessionSaved>();

    [Fact]
    public void Bye_is_answered_when_its_end_is_committed_and_the_session_stays_ended()
    {
        _rig.OpenAndWrite(_first);

        var bye = _rig.End(_first);
        _rig.Attach(_second).ShouldBeOfType<SessionReply.Unknown>();
        _rig.Recover();
        _rig.Answers.ShouldNotContainKey(bye);
        _rig.Commit();

        _rig.Answers[bye].ShouldBeOfType<SessionReply.Done>();
        _rig.Stored.ShouldBeOfType<JournalEvent.Ended>();
        _rig.Withdrawals.ShouldHaveSingleItem();
        _rig.Noted(_rig.Withdrawals[0]);
        _rig.IsPassivated.ShouldBeTrue();
        _rig.ReloadAndAttach(_second).ShouldBeOfType<SessionReply.Unknown>();
        _rig.Reload();
        var again = _rig.End(_first);
        _rig.Recover();
        _rig.Answers[again].ShouldBeOfType<SessionReply.Done>("the answer may have been lost");
    }

    [Fact]
    public void Bye_of_a_connection_whose_end_was_seen_before_it_counts()
    {
        _rig.OpenAndWrite(_first);
        _rig.Step(new SessionInput.ConnectionStopped(_first));

        _rig.Answer(_second, tag => new SessionRequest.End(Id, tag)).ShouldBeOfType<SessionReply.NotAttached>("another connection cannot end it");
        var tag = _rig.End(_first);
        _rig.Recover();
        _rig.Commit();

        _rig.Answers[tag].ShouldBeOfType<SessionReply.Done>();
        _rig.Machine.Stage.ShouldBe(SessionStage.Ended);
        _rig.Withdrawals.Select(request => request.Channel).ShouldBe([MachineRig.Chat]);
    }

    [Fact]
    public void Bye_of_a_session_that_was_never_written_writes_nothing()
    {
        _rig.Open(_first);

        _rig.Answers[_rig.End(_first)].ShouldBeOfType<SessionReply.Done>();

        (_rig.LogStarts, _rig.IsPassivated).ShouldBe((0, true));
    }

    [Fact]
    public void Bye_waits_for_the_append_under_way_and_refuses_state_that_comes_too_late()
    {
        _rig.OpenAndWrite(_first);
        var committed = _rig.Set(_first, "a", "1");
        _rig.Recover();
        var late = _rig.Set(_first, "b", "2");
        var bye = _rig.End(_first);

        _rig.Commit();
        _rig.Answers[committed].ShouldBeOfType<SessionReply.Done>();
        _rig.Pending.ShouldBeOfType<JournalEvent.Ended>();
        _rig.Commit();

        (_rig.Answers[bye], _rig.Answers[late]).ShouldSatisfyAllConditions(
            answers => answers.Item1.ShouldBeOfType<SessionReply.Done>(), answers => answers.Item2.ShouldBeOfType<SessionReply.Refused>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Bye_the_store_is_not_sure_of_is_answered_once_it_is_written(bool wasWritten)
    {
        _rig.OpenAndWrite(_first);
        var bye = _rig.End(_first);
        _rig.Recover();
        _rig.Fail();
        _rig.Answers.ShouldNotContainKey(bye);

        _rig.Resolve(wasWritten);
        if (!wasWritten)
        {
            _rig.Answers.ShouldNotContainKey(bye);
            _rig.Commit();
        }

        _rig.Answers[bye].ShouldBeOfType<SessionReply.Done>();
        _rig.Stored.ShouldBeOfType<JournalEvent.Ended>();
    }

    [Fact]
    public void A_kick_ends_the_session_as_bye_does()
    {
        _rig.OpenAndWrite(_first);
        var kick = _rig.Ask(_second, tag => new SessionRequest.Disconnect(Id, tag, false, "test"));
        _rig.News.ShouldBe([(_first, new SessionNews.Dismissed(Id, CloseCode.Kicked))]);
        _rig.Answers.ShouldNotContainKey(kick);
        _rig.Recover();
        _rig.Commit();

        _rig.Answers[kick].ShouldBeOfType<SessionReply.Done>();
        _rig.Answer(_second, tag => new SessionRequest.Disconnect(Id, tag, false, "test"))
            .ShouldBeOfType<SessionReply.Done>("it has ended");
    }

    [Fact]
    public void A_session_that_is_held_touches_its_record_each_quarter_of_its_time_to_live()
    {
        _rig.OpenAndWrite(_first);
        var touched = Saved.Record.Touched;

        _rig.Advance(_rig.Policy.TouchEvery - _rig.Policy.LogLinger - TimeSpan.FromMilliseconds(1));
        _rig.LogStarts.ShouldBe(1);
        _rig.Advance(TimeSpan.FromMilliseconds(1));
        _rig.Recover();
        _rig.Commit();

        (Saved.Record.Touched - touched).ShouldBe((long)_rig.Policy.TouchEvery.TotalMilliseconds);
        _rig.Answer(_second, tag => new SessionRequest.ExpireIfIdle(Id, tag)).ShouldBeOfType<SessionReply.Kept>();
    }

    [Theory]
    [InlineData(59, false)]
    [InlineData(60, true)]
    public void A_session_expires_when_nobody_came_back_for_its_time_to_live(int minutes, bool expires)
    {
        Park();
        _rig.Reload();
        _rig.Advance(TimeSpan.FromMinutes(minutes));

        var tag = _rig.Ask(_second, tag => new SessionRequest.ExpireIfIdle(Id, tag));
        _rig.Recover();
        if (expires)
        {
            _rig.Answers.ShouldNotContainKey(tag, "it is not written yet");
            _rig.Commit();
            _rig.Noted(_rig.Withdrawals.ShouldHaveSingleItem());
        }

        _rig.Answers[tag].GetType().ShouldBe(expires ? typeof(SessionReply.Done) : typeof(SessionReply.Kept));
        (_rig.Stored is JournalEvent.Ended).ShouldBe(expires);
        _rig.IsPassivated.ShouldBeTrue();
    }

    [Fact]
    public void A_session_whose_time_is_over_cannot_be_resumed_though_nothing_has_swept_it()
    {
        Park();
        _rig.Advance(_rig.Policy.TimeToLive);

        _rig.ReloadAndAttach(_second).ShouldBeOfType<SessionReply.Unknown>();
        _rig.Commit();

        _rig.Stored.ShouldBeOfType<JournalEvent.Ended>();
    }

    [Fact]
    public void A_parked_session_is_looked_at_by_an_operator_and_gone_again_as_it_was()
    {
        Park();
        _rig.Reload();
        var appends = _rig.Appends;
        var tag = _rig.Ask(_second, tag => new SessionRequest.Inspect(Id, tag));
        _rig.Recover();

        var info = _rig.Answers[tag].ShouldBeOfType<SessionReply.Inspected>().Info;
        (info.Phase, info.Expires).ShouldBe((SessionPhase.Parked, Saved.Record.Touched + (long)_rig.Policy.TimeToLive.TotalMilliseconds));
        (_rig.IsPassivated, _rig.Appends).ShouldBe((true, appends));
    }

    [Fact]
    public void A_session_that_another_owner_ended_is_over_here_too()
    {
        _rig.OpenAndWrite(_first);
        _rig.Stored = new JournalEvent.Ended(1);
        var set = _rig.Set(_first, "a", "1");
        _rig.Recover();

        _rig.Answers[set].ShouldBeOfType<SessionReply.Refused>();
        _rig.News.ShouldBe([(_first, new SessionNews.Dismissed(Id, CloseCode.Ended))]);
        _rig.Machine.Stage.ShouldBe(SessionStage.Ended);
    }

    private void Park()
    {
        _rig.OpenAndWrite(_first);
        _rig.Detach(_first);
        _rig.Advance(_rig.Policy.Grace);
        _rig.Recover();
        _rig.Commit();
        _rig.Noted(_rig.Withdrawals[0]);
        _rig.IsPassivated.ShouldBeTrue();
        _rig.Withdrawals.Clear();
    }
}
