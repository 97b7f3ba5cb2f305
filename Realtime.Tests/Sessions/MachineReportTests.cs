using Akka.Actor;
using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Sessions;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Sessions.Core;
using static Realtime.Tests.Sessions.MachineRig;
using EventKind = Realtime.Node.Events.EventKind;

namespace Realtime.Tests.Sessions;

/// <summary>What a session reports for the application: that it began, and that it is over, whatever is lost in between.</summary>
public sealed class MachineReportTests
{
    private readonly MachineRig _rig = new(reports: true);
    private readonly IActorRef _first = Connection("first");
    private readonly IActorRef _second = Connection("second");

    private JournalEvent.SessionSaved Saved => _rig.Stored.ShouldBeOfType<JournalEvent.SessionSaved>();

    [Fact]
    public void A_session_that_is_attached_for_the_first_time_reports_it_and_later_ones_do_not()
    {
        _rig.Open(_first, Ann);
        _rig.WriteReports();
        Write();
        _rig.Attach(_second, identity: Ann).ShouldBeOfType<SessionReply.Attached>();
        _rig.Detach(_second);
        _rig.Attach(_first, identity: Ann).ShouldBeOfType<SessionReply.Attached>();

        _rig.Batch.ShouldBeNull();
        var opened = _rig.Outbox.ShouldHaveSingleItem();
        (opened.Kind, opened.Session, opened.User).ShouldBe((EventKind.SessionOpened, Id, Ann.User));
        Saved.Record.Opening.ShouldBeFalse("one record is enough where the outbox is the faster one");
        _rig.Appends.ShouldBe(1);
    }

    [Fact]
    public void A_record_says_that_the_beginning_is_not_known_to_be_reported_until_it_is()
    {
        _rig.Open(_first);
        Write();
        Saved.Record.Opening.ShouldBeTrue();

        _rig.WriteReports();
        _rig.Advance(_rig.Policy.WriteBehind);
        _rig.Commit();

        Saved.Record.Opening.ShouldBeFalse();
    }

    [Fact]
    public void Whoever_reads_a_record_reports_what_it_says_and_nothing_more_than_that()
    {
        _rig.Open(_first);
        Write();
        _rig.ReloadAndAttach(_second).ShouldBeOfType<SessionReply.Attached>();
        _rig.WriteReports();
        Write();
        _rig.Outbox.ShouldHaveSingleItem().Kind.ShouldBe(EventKind.SessionOpened);

        _rig.ReloadAndAttach(_first);

        _rig.Batch.ShouldBeNull();
    }

    [Theory]
    [InlineData("bye")]
    [InlineData("kicked")]
    [InlineData("expired")]
    public void The_end_is_first_a_record_then_a_report_and_then_for_good(string why)
    {
        OpenAndWrite();

        var end = End(why);
        _rig.Batch.ShouldBeNull("nobody knows yet whether it can be written");
        if (_rig.IsStarting)
        {
            _rig.Recover();
        }

        _rig.Commit();

        _rig.Answers[end].ShouldBeOfType<SessionReply.Done>("who ends it need not wait for the report");
        (Saved.Record.Closing, Saved.Record.Parked).ShouldBe((why, true));
        _rig.Attach(_second).ShouldBeOfType<SessionReply.Unknown>();
        _rig.WriteReports();
        _rig.Outbox[^1].Reason.ShouldBe(why);
        _rig.Commit();
        _rig.Stored.ShouldBeOfType<JournalEvent.Ended>();
        _rig.Withdrawals.ToList().ForEach(_rig.Noted);
        _rig.IsPassivated.ShouldBeTrue();
        _rig.Events.ShouldBe([EventKind.SessionOpened, EventKind.SessionClosed]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_session_whose_owner_was_lost_between_the_record_and_the_end_is_over_and_reports_it_once(bool wasReported)
    {
        OpenAndWrite();
        _rig.End(_first);
        _rig.Recover();
        _rig.Commit();
        if (wasReported)
        {
            _rig.WriteReports();
        }

        _rig.ReloadAndAttach(_second).ShouldBeOfType<SessionReply.Unknown>("it was said to be over");
        _rig.WriteReports();
        _rig.Commit();

        _rig.Stored.ShouldBeOfType<JournalEvent.Ended>();
        _rig.Events.ShouldBe([EventKind.SessionOpened, EventKind.SessionClosed]);
    }

    [Fact]
    public void An_end_before_the_beginning_is_known_to_be_reported_never_brings_the_beginning_again_behind_it()
    {
        _rig.Open(_first);
        Write();
        _rig.End(_first);
        _rig.Commit();
        (Saved.Record.Opening, Saved.Record.Closing).ShouldBe((true, "bye"));
        _rig.Batch!.Reports.ShouldHaveSingleItem().Kind.ShouldBe(EventKind.SessionOpened);

        _rig.WriteReports();
        _rig.Batch.ShouldBeNull("a record is to say so before");
        _rig.Commit();
        (Saved.Record.Opening, Saved.Record.Closing).ShouldBe((false, "bye"));
        _rig.WriteReports();

        _rig.Reload();
        _rig.Ask(_second, tag => new SessionRequest.ExpireIfIdle(Id, tag));
        _rig.Recover();
        _rig.WriteReports();
        _rig.Events.ShouldBe([EventKind.SessionOpened, EventKind.SessionClosed]);
    }

    [Fact]
    public void A_session_that_ends_before_it_is_written_reports_both_and_writes_nothing()
    {
        _rig.Open(_first);

        _rig.Answers[_rig.End(_first)].ShouldBeOfType<SessionReply.Done>();
        _rig.IsPassivated.ShouldBeFalse();
        _rig.WriteReports();
        _rig.WriteReports();

        _rig.Events.ShouldBe([EventKind.SessionOpened, EventKind.SessionClosed]);
        (_rig.LogStarts, _rig.IsPassivated).ShouldBe((0, true));
    }

    [Fact]
    public void A_session_that_was_reported_and_never_written_is_over_when_its_connection_does_not_come()
    {
        _rig.Open(_first);
        _rig.WriteReports();
        _rig.Reload();

        var asked = _rig.Ask(_second, tag => new SessionRequest.Report(Id, tag));
        _rig.Recover();
        _rig.Answers[asked].ShouldBeOfType<SessionReply.Done>();
        _rig.Advance(_rig.Policy.LostAfter - TimeSpan.FromMilliseconds(1));
        _rig.Batch.ShouldBeNull();
        _rig.IsPassivated.ShouldBeFalse();
        _rig.Advance(TimeSpan.FromMilliseconds(1));
        _rig.WriteReports();

        _rig.Outbox[^1].Reason.ShouldBe("lost");
        _rig.Events.ShouldBe([EventKind.SessionOpened, EventKind.SessionClosed]);
        (_rig.IsPassivated, _rig.Stored).ShouldBe((true, null));
    }

    [Fact]
    public void A_session_that_was_reported_and_never_written_goes_on_when_its_connection_comes()
    {
        var attached = _rig.Open(_first);
        _rig.WriteReports();
        _rig.Reload();
        _rig.Ask(_second, tag => new SessionRequest.Report(Id, tag));
        _rig.Recover();

        _rig.Attach(_first, held: new HeldSession(attached.Attachment, [])).ShouldBeOfType<SessionReply.Attached>();
        _rig.WriteReports();
        _rig.Advance(_rig.Policy.LostAfter);

        _rig.Batch.ShouldBeNull();
        _rig.Events.ShouldBe([EventKind.SessionOpened]);
    }

    [Fact]
    public void Asked_for_a_report_a_session_that_lives_says_nothing_and_one_that_has_ended_says_so()
    {
        OpenAndWrite();
        _rig.Answer(_second, tag => new SessionRequest.Report(Id, tag)).ShouldBeOfType<SessionReply.Done>();
        _rig.Batch.ShouldBeNull();
        _rig.Stored = new JournalEvent.Ended(_rig.Now);

        _rig.Reload();
        _rig.Ask(_second, tag => new SessionRequest.Report(Id, tag));
        _rig.Recover();
        _rig.WriteReports();

        _rig.Events.ShouldBe([EventKind.SessionOpened, EventKind.SessionClosed]);
        _rig.IsPassivated.ShouldBeTrue();
    }

    [Fact]
    public void A_hand_off_does_not_wait_for_the_outbox_and_wakes_the_next_owner()
    {
        OpenAndWrite();
        _rig.End(_first);
        _rig.Recover();
        _rig.Commit();
        _rig.Withdrawals.ToList().ForEach(_rig.Noted);

        _rig.Step(new SessionInput.HandOff());

        (_rig.IsStopped, _rig.AsksSuccessor).ShouldBe((true, true));
        Saved.Record.Closing.ShouldBe("bye");
    }

    [Fact]
    public void Where_nobody_wants_to_learn_of_sessions_nothing_is_reported_and_what_a_record_says_of_it_is_let_go_of()
    {
        var rig = new MachineRig();
        rig.OpenAndWrite(_first);
        rig.Answer(_second, tag => new SessionRequest.Report(Id, tag)).ShouldBeOfType<SessionReply.Done>();
        rig.Batch.ShouldBeNull();
        rig.Stored.ShouldBeOfType<JournalEvent.SessionSaved>().Record.Closing = "bye";

        rig.ReloadAndAttach(_first).ShouldBeOfType<SessionReply.Unknown>();
        rig.Commit();

        rig.Stored.ShouldBeOfType<JournalEvent.Ended>();
        (rig.Batch, rig.Outbox.Count).ShouldBe((null, 0));
    }

    [Fact]
    public void Whatever_is_lost_in_between_a_session_begins_once_ends_once_and_what_was_said_is_so() =>
        Prop.ForAll(Histories().ToArbitrary(), steps =>
            {
                new ReportHistory().Run(steps);
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithEndSize(60).WithQuietOnSuccess(true));

    private static Gen<List<int>> Histories() => Gen.Choose(0, 13).ListOf().Select(steps => steps.ToList());

    private void Write()
    {
        _rig.Advance(_rig.Policy.WriteBehind);
        if (_rig.IsStarting)
        {
            _rig.Recover();
        }

        if (_rig.Pending is not null)
        {
            _rig.Commit();
        }
    }

    private void OpenAndWrite()
    {
        _rig.OpenAndWrite(_first);
        _rig.WriteReports();
        _rig.Advance(_rig.Policy.WriteBehind);
        _rig.Recover();
        _rig.Commit();
        _rig.Advance(_rig.Policy.LogLinger);
    }

    private long End(string why)
    {
        switch (why)
        {
            case "bye":
                return _rig.End(_first);
            case "kicked":
                return _rig.Ask(_second, tag => new SessionRequest.Disconnect(Id, tag, false, "words of an operator"));
            default:
                _rig.Detach(_first);
                _rig.Advance(_rig.Policy.Grace);
                _rig.Recover();
                _rig.Commit();
                _rig.Advance(_rig.Policy.TimeToLive + TimeSpan.FromMinutes(1));
                _rig.Reload();
                var tag = _rig.Ask(_second, tag => new SessionRequest.ExpireIfIdle(Id, tag));
                _rig.Recover();
                return tag;
        }
    }
}
