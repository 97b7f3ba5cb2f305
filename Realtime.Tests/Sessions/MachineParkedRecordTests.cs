using Akka.Actor;
using Realtime.Messages.Sessions;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Sessions.Core;
using static Realtime.Tests.Sessions.MachineRig;

namespace Realtime.Tests.Sessions;

/// <summary>Whether a record says that the grace time was over: what the next process goes by when it remembers who was present.</summary>
public sealed class MachineParkedRecordTests
{
    private readonly MachineRig _rig = new();
    private readonly IActorRef _first = Connection("first");
    private readonly IActorRef _second = Connection("second");

    private bool SaysParked => _rig.Stored.ShouldBeOfType<JournalEvent.SessionSaved>().Record.Parked;

    [Fact]
    public void A_record_of_a_session_that_is_attached_or_has_its_grace_does_not_say_parked()
    {
        _rig.OpenAndWrite(_first);
        SaysParked.ShouldBeFalse();

        _rig.Detach(_first);
        _rig.Step(new SessionInput.HandOff());
        _rig.Recover();
        _rig.Commit();
        (_rig.Appends, SaysParked).ShouldBe((2, false));
    }

    [Fact]
    public void A_session_that_comes_back_after_its_grace_time_writes_that_its_presence_counts_again()
    {
        Park();
        SaysParked.ShouldBeTrue();

        _rig.Attach(_second).ShouldBeOfType<SessionReply.Attached>();
        _rig.Advance(_rig.Policy.WriteBehind);
        _rig.Recover();
        _rig.Commit();
        (_rig.Appends, SaysParked).ShouldBe((3, false));
    }

    [Fact]
    public void So_does_one_that_was_read_back_in_between()
    {
        Park();
        _rig.Noted(_rig.Withdrawals.ShouldHaveSingleItem());
        _rig.IsPassivated.ShouldBeTrue();
        _rig.ReloadAndAttach(_second).ShouldBeOfType<SessionReply.Attached>();
        _rig.Advance(_rig.Policy.WriteBehind);
        _rig.Commit();
        SaysParked.ShouldBeFalse();
    }

    [Fact]
    public void One_that_comes_back_while_its_parking_is_being_written_is_written_once_more()
    {
        _rig.OpenAndWrite(_first);
        _rig.Detach(_first);
        _rig.Advance(_rig.Policy.Grace);
        _rig.Recover();
        _rig.Attach(_second).ShouldBeOfType<SessionReply.Attached>();
        _rig.Commit();
        SaysParked.ShouldBeTrue();
        _rig.Advance(_rig.Policy.WriteBehind);
        _rig.Commit();
        SaysParked.ShouldBeFalse();
    }

    [Fact]
    public void One_without_presence_writes_nothing_when_it_comes_back_and_says_so_when_it_announces_itself()
    {
        _rig.Open(_first);
        _rig.Subscribe(_first, Chat);
        Write();
        _rig.Detach(_first);
        _rig.Advance(_rig.Policy.Grace);
        _rig.Recover();
        _rig.Commit();

        _rig.ReloadAndAttach(_second);
        _rig.Advance(TimeSpan.FromMinutes(1));
        (_rig.Appends, SaysParked).ShouldBe((2, true));

        _rig.Subscribe(_second, Chat, "here");
        Write();
        SaysParked.ShouldBeFalse();
    }

    [Fact]
    public void A_session_that_the_end_of_a_process_cut_off_is_parked_when_its_grace_is_over_and_no_connection_has_held_it_since()
    {
        var attachment = _rig.OpenAndWrite(_first).Attachment;
        _rig.Reload();

        _rig.Step(new SessionInput.Asked(new SessionRequest.ContinueGrace(Id, attachment, _rig.Now), ActorRefs.Nobody));
        _rig.Recover();
        _rig.Commit();

        SaysParked.ShouldBeTrue();
        _rig.Noted(_rig.Withdrawals.ShouldHaveSingleItem());
        _rig.IsPassivated.ShouldBeTrue();
    }

    [Fact]
    public void It_is_left_alone_when_its_client_has_come_back()
    {
        var attachment = _rig.OpenAndWrite(_first).Attachment;
        _rig.ReloadAndAttach(_second).ShouldBeOfType<SessionReply.Attached>();

        _rig.Step(new SessionInput.Asked(new SessionRequest.ContinueGrace(Id, attachment, _rig.Now), ActorRefs.Nobody));

        (_rig.Machine.Stage, _rig.Appends).ShouldBe((SessionStage.Attached, 1));
        _rig.Withdrawals.ShouldBeEmpty();
    }

    /// <summary>It stays in memory until its channel has answered the withdrawal.</summary>
    private void Park()
    {
        _rig.OpenAndWrite(_first);
        _rig.Detach(_first);
        _rig.Advance(_rig.Policy.Grace);
        _rig.Recover();
        _rig.Commit();
    }

    private void Write()
    {
        _rig.Advance(_rig.Policy.WriteBehind);
        _rig.Recover();
        _rig.Commit();
        _rig.Advance(_rig.Policy.LogLinger);
    }
}
