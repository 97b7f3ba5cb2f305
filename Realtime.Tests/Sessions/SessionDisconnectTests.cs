using Realtime.Cluster.Journal;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Node.Sessions;
using Realtime.Node.Sessions.Core;

namespace Realtime.Tests.Sessions;

/// <summary>How an operator takes a connection from a session, or ends it.</summary>
public sealed class SessionDisconnectTests
{
    private readonly SessionRig _rig = new();

    [Fact]
    public void A_client_that_may_come_back_finds_its_session()
    {
        var attached = _rig.OpenAndWrite();

        Disconnect(reconnect: true, "too chatty").ShouldBeOfType<SessionReply.Done>();

        _rig.Dismissed.ShouldBe([(_rig.Connection, CloseCode.Disconnected)]);
        var account = Inspect();
        (account.Phase, account.Since).ShouldBe((SessionPhase.Detached, _rig.Now));
        account.History[^1].ShouldBe(new SessionOccurrence(SessionChange.Disconnected, _rig.Now, SessionRig.Node, "too chatty"));
        _rig.Timers[SessionTimer.Grace].ShouldBe(new SessionPolicy().Grace);
        _rig.Presence.ShouldBeEmpty("to others it is still there");

        _rig.Answers[_rig.Ask(new SessionRequest.Detach(attached.Attachment) { Why = CloseCode.Disconnected })].ShouldBeOfType<SessionReply.Stale>();
        Inspect().History.Count.ShouldBe(2);
        _rig.Attach().ShouldBeOfType<SessionReply.Attached>().Subscriptions.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_connection_that_did_not_hear_of_it_is_not_kept_away_for_good(bool moves)
    {
        var attached = _rig.OpenAndWrite();
        Disconnect(reconnect: true);
        if (moves)
        {
            _rig.HandOff();
            _rig.TakeOver();
        }

        // Stale would be superseded, and final.
        _rig.Hold(attached.Attachment).ShouldBeOfType<SessionReply.Unknown>();
        Inspect().Phase.ShouldBe(SessionPhase.Detached);

        _rig.Attach();
        _rig.Hold(attached.Attachment, connection: 1).ShouldBeOfType<SessionReply.Stale>("somebody else has it now");
    }

    [Fact]
    public void A_session_without_a_connection_is_not_disturbed_by_a_wish_to_reconnect()
    {
        _rig.OpenAndWrite();
        _rig.Detach();
        _rig.Timers[SessionTimer.Grace] = TimeSpan.FromSeconds(3);

        Disconnect(reconnect: true).ShouldBeOfType<SessionReply.Done>();

        (_rig.Timers[SessionTimer.Grace], _rig.Dismissed.Count, _rig.Write).ShouldBe((TimeSpan.FromSeconds(3), 0, null));
        Inspect().History[^1].What.ShouldBe(SessionChange.Detached);
    }

    [Fact]
    public void A_kick_ends_the_session_as_bye_does_and_is_answered_when_its_row_is_gone()
    {
        _rig.OpenAndWrite();

        var kick = _rig.Ask(new SessionRequest.Disconnect(false, null));

        _rig.Dismissed.ShouldBe([(_rig.Connection, CloseCode.Kicked)]);
        _rig.Presence.ShouldBe(["left chat:room"]);
        _rig.Answers.ShouldNotContainKey(kick);
        _rig.Write!.Record.ShouldBeNull();
        _rig.Attach().ShouldBeOfType<SessionReply.Unknown>("it is over");
        _rig.Answers[_rig.Ask(new SessionRequest.Disconnect(true, null))].ShouldBeOfType<SessionReply.Unknown>();
        var second = _rig.Ask(new SessionRequest.Disconnect(false, null));
        _rig.Finish();

        (_rig.Answers[kick], _rig.Answers[second]).ShouldBe((new SessionReply.Done(), new SessionReply.Done()));
        (_rig.Row, _rig.Passivated is null).ShouldBe((null, false));
    }

    [Fact]
    public void A_kick_ends_a_session_that_is_detached_or_parked_too()
    {
        _rig.OpenAndWrite();
        _rig.Detach();
        _rig.Fire(SessionTimer.Grace);
        _rig.Finish();
        _rig.Presence.Clear();
        _rig.Reload();

        var kick = _rig.Ask(new SessionRequest.Disconnect(false, null));
        _rig.Finish();

        _rig.Answers[kick].ShouldBeOfType<SessionReply.Done>();
        (_rig.Row, _rig.Dismissed.Count).ShouldBe((null, 0));

        var detached = new SessionRig();
        detached.OpenAndWrite();
        detached.Detach();
        kick = detached.Ask(new SessionRequest.Disconnect(false, null));
        detached.Presence.ShouldBe(["left chat:room"]);
        detached.Finish();
        (detached.Answers[kick], detached.Row, detached.Timers.Count).ShouldBe((new SessionReply.Done(), null, 0));
    }

    [Fact]
    public void A_kick_the_store_is_not_sure_of_says_so()
    {
        _rig.OpenAndWrite();
        var kick = _rig.Ask(new SessionRequest.Disconnect(false, null));
        _rig.Finish(WriteOutcome.Unknown);

        _rig.Answers[kick].ShouldBeOfType<EntityReply.Refused>().Outcome.ShouldBe(Outcome.Unknown);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nobody_can_be_disconnected_who_does_not_exist(bool reconnect)
    {
        Disconnect(reconnect).ShouldBeOfType<SessionReply.Unknown>();
        _rig.Passivated.ShouldNotBeNull();
    }

    [Fact]
    public void A_kick_is_not_said_twice_and_a_wish_to_reconnect_may_be()
    {
        new SessionRequest.Disconnect(false, null).IsRepeatable.ShouldBeFalse("the second one would find nobody");
        new SessionRequest.Disconnect(true, null).IsRepeatable.ShouldBeTrue();
    }

    private EntityReply Disconnect(bool reconnect, string? reason = null) => _rig.Answers[_rig.Ask(new SessionRequest.Disconnect(reconnect, reason))];

    private SessionAccount Inspect() => _rig.Answers[_rig.Ask(new SessionRequest.Inspect())].ShouldBeOfType<SessionReply.Inspected>().Account;
}
