using Realtime.Cluster.Journal;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Node.Sessions;
using Realtime.Node.Sessions.Core;

namespace Realtime.Tests.Sessions;

/// <summary>What operators are told of a session, and that it does not notice.</summary>
public sealed class SessionInspectTests
{
    private readonly SessionRig _rig = new();

    [Fact]
    public void An_attached_session_says_who_it_is_and_where_it_stands_and_no_values()
    {
        var attached = _rig.OpenAndWrite(SessionRig.Ann);
        _rig.Subscribe(SessionRig.Other, offset: 8);
        _rig.Set("draft", "secret");
        _rig.Finish();

        var account = Inspect();

        (account.Phase, account.User, account.Node, account.Connection).ShouldBe((SessionPhase.Attached, SessionRig.Ann.User, SessionRig.Node, _rig.Connection));
        (account.Attachment, account.Since, account.Expires, account.SubscriptionCount).ShouldBe((attached.Attachment, _rig.Now, null, 2));
        account.StateKeys.ShouldBe(["draft"]);
        account.Subscriptions.ShouldBe(
        [
            new SubscriptionAccount(SessionRig.Chat, SessionRig.At(0), true, false),
            new SubscriptionAccount(SessionRig.Other, SessionRig.At(8), false, false),
        ]);

        var brief = Inspect(brief: true);
        (brief.Phase, brief.User, brief.SubscriptionCount, brief.Since).ShouldBe((account.Phase, account.User, 2, account.Since));
        (brief.StateKeys.Count, brief.Subscriptions.Count, brief.History.Count).ShouldBe((0, 0, 0));
    }

    [Fact]
    public void A_detached_session_says_when_it_would_be_forgotten_and_its_grace_time_runs_on()
    {
        _rig.OpenAndWrite();
        _rig.Detach();
        var left = _rig.Now;
        _rig.Timers[SessionTimer.Grace] = TimeSpan.FromSeconds(3);
        _rig.Now += 4_000;

        var account = Inspect();

        var policy = new SessionPolicy();
        (account.Phase, account.Node, account.Connection, account.Since).ShouldBe((SessionPhase.Detached, null, null, left));
        account.Expires.ShouldBe(left + (long)(policy.Grace + policy.TimeToLive).TotalMilliseconds);
        (_rig.Timers[SessionTimer.Grace], _rig.Write).ShouldBe((TimeSpan.FromSeconds(3), null));
    }

    [Fact]
    public void A_parked_session_is_loaded_looked_at_and_gone_again_as_it_was()
    {
        Park();
        var row = _rig.Row;
        _rig.Reload();

        var account = Inspect();

        (account.Phase, account.Expires, account.SubscriptionCount).ShouldBe((SessionPhase.Parked, row!.ExpiresAt, 1));
        _rig.Passivated.ShouldBe(new SessionEffect.Passivate());
        (_rig.Write, ReferenceEquals(_rig.Row, row), _rig.Timers.Count, _rig.Presence.Count).ShouldBe((null, true, 0, 0));
    }

    [Fact]
    public void A_session_whose_owner_was_lost_stays_an_orphan_for_its_adoption()
    {
        _rig.OpenAndWrite();
        _rig.Reload();

        Inspect().Phase.ShouldBe(SessionPhase.Detached);

        _rig.Passivated.ShouldNotBeNull("nobody but an operator wanted it");
        (_rig.Write, _rig.Timers.Count, _rig.Presence.Count).ShouldBe((null, 0, 0));
        _rig.Reload();
        _rig.Ask(new SessionRequest.Orphaned());
        Inspect();
        _rig.Passivated.ShouldBeNull("its grace time runs");
        _rig.Timers.ShouldContainKey(SessionTimer.Grace);
    }

    [Fact]
    public void What_waits_to_be_written_goes_on_waiting()
    {
        _rig.Open();
        _rig.Subscribe(SessionRig.Chat);
        Inspect();
        Inspect();

        (_rig.Write, _rig.Timers.Count).ShouldBe((null, 1));
        _rig.Fire(SessionTimer.WriteBehind);
        Inspect();
        _rig.Writes.ShouldBe(1);
        _rig.Finish();
    }

    [Fact]
    public void A_session_that_does_not_exist_or_is_ending_is_unknown()
    {
        _rig.Answers[_rig.Ask(new SessionRequest.Inspect())].ShouldBeOfType<SessionReply.Unknown>();
        _rig.Passivated.ShouldNotBeNull();

        var other = new SessionRig();
        other.OpenAndWrite();
        other.Ask(new SessionRequest.End(other.Machine.Attachment));
        other.Answers[other.Ask(new SessionRequest.Inspect())].ShouldBeOfType<SessionReply.Unknown>();
    }

    private void Park()
    {
        _rig.OpenAndWrite();
        _rig.Detach();
        _rig.Fire(SessionTimer.Grace);
        _rig.Finish(WriteOutcome.Committed);
        _rig.Passivated.ShouldNotBeNull();
        _rig.Presence.Clear();
    }

    private SessionAccount Inspect(bool brief = false) =>
        _rig.Answers[_rig.Ask(new SessionRequest.Inspect(brief))].ShouldBeOfType<SessionReply.Inspected>().Account;
}
