using Realtime.Cluster.Journal;
using Realtime.Messages.Entities;
using Realtime.Node.Sessions;
using Realtime.Node.Sessions.Core;

namespace Realtime.Tests.Sessions;

/// <summary>Sessions whose first write was never done, and what becomes of their presence.</summary>
public sealed class SessionProofTests
{
    private readonly SessionRig _rig = new();

    [Fact]
    public void A_session_that_was_never_written_rises_again_by_a_connection_that_resumed_it()
    {
        _rig.Open(SessionRig.Ann);
        var resumed = _rig.Attach().ShouldBeOfType<SessionReply.Attached>();
        resumed.IsUnwritten.ShouldBeTrue();
        _rig.Fire(SessionTimer.WriteBehind);
        _rig.Finish(WriteOutcome.Fenced);
        _rig.Reload();

        _rig.Hold(resumed.Attachment, [new(SessionRig.Chat, null, SessionRig.Text("here"))], SessionRig.Ann, isUnwritten: true).ShouldBeOfType<SessionReply.Done>();

        (_rig.Machine.IsAttached, _rig.Machine.Subscriptions.Count).ShouldBe((true, 1));
        _rig.Presence.ShouldBe(["join chat:room"]);
        _rig.Fire(SessionTimer.WriteBehind);
        _rig.Finish();
        _rig.Row.ShouldNotBeNull().Record!.User.ShouldBe("ann");
    }

    [Fact]
    public void Who_resumes_a_session_that_has_its_row_is_told_so_and_proves_nothing()
    {
        _rig.OpenAndWrite();

        _rig.Attach().ShouldBeOfType<SessionReply.Attached>().IsUnwritten.ShouldBeFalse();
    }

    [Fact]
    public void A_word_that_reaches_a_new_owner_before_the_connection_has_proved_the_session_changes_nothing()
    {
        var attached = _rig.Open();
        _rig.Reload();
        var ack = _rig.Ask(new SessionRequest.Ack(attached.Attachment, [new(SessionRig.Chat, SessionRig.At(4))]));
        _rig.Answers[ack].ShouldBeOfType<SessionReply.Unknown>();
        _rig.Reload();

        _rig.Hold(attached.Attachment, [new(SessionRig.Chat, SessionRig.At(4), null)]).ShouldBeOfType<SessionReply.Done>();

        _rig.Machine.Subscriptions.ShouldHaveSingleItem().Position.ShouldBe(SessionRig.At(4));
    }

    [Fact]
    public void A_connection_whose_sessions_first_write_is_in_doubt_says_again_that_it_stands_for_it()
    {
        var attached = _rig.Open();
        _rig.Subscribe(SessionRig.Chat, "here");
        _rig.Fire(SessionTimer.WriteBehind);
        _rig.Finish(WriteOutcome.Unknown);

        _rig.Forgotten.ShouldBe([_rig.Connection]);
        _rig.Dismissed.ShouldBeEmpty("it would come back to a session that nobody knows");
        _rig.Reload();
        _rig.Hold(attached.Attachment, [new(SessionRig.Chat, null, SessionRig.Text("here"))]).ShouldBeOfType<SessionReply.Done>();
        _rig.Presence.ShouldBe(["join chat:room", "left chat:room", "join chat:room"]);
    }

    [Fact]
    public void A_channel_that_asks_for_a_session_that_is_there_hears_what_it_looks_like()
    {
        _rig.OpenAndWrite();

        Probe();

        _rig.Presence.ShouldBe(["join chat:room"]);
        (_rig.Writes, _rig.Timers.Count, _rig.Passivated).ShouldBe((1, 0, null));
    }

    [Fact]
    public void A_channel_that_asks_for_a_session_that_does_not_exist_hears_that_it_has_left()
    {
        _rig.Open();
        _rig.Reload();

        Probe();

        _rig.Presence.ShouldBe(["left chat:room"]);
        _rig.Passivated.ShouldNotBeNull();
    }

    [Fact]
    public void A_session_that_is_not_present_on_the_channel_that_asks_says_so()
    {
        _rig.OpenAndWrite();
        _rig.Subscribe(SessionRig.Other);

        _rig.Ask(new SessionRequest.Probe(SessionRig.Other));

        _rig.Presence.ShouldBe(["left chat:other"]);
    }

    [Fact]
    public void A_session_whose_grace_time_is_over_has_left()
    {
        _rig.OpenAndWrite();
        _rig.Detach();
        _rig.Fire(SessionTimer.Grace);
        _rig.Finish();
        _rig.Reload();
        _rig.Presence.Clear();

        Probe();

        _rig.Presence.ShouldBe(["left chat:room"]);
    }

    [Fact]
    public void An_orphan_that_was_missed_gets_its_grace_time_by_the_question()
    {
        _rig.OpenAndWrite();
        _rig.Reload();

        Probe();

        _rig.Presence.ShouldBe(["join chat:room", "join chat:room"]);
        _rig.Timers[SessionTimer.Grace].ShouldBe(new SessionPolicy().OrphanGrace);
    }

    private void Probe() => _rig.Answers[_rig.Ask(new SessionRequest.Probe(SessionRig.Chat))].ShouldBeOfType<SessionReply.Done>();
}
