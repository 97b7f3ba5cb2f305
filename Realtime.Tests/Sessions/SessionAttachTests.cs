using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Sessions;
using Realtime.Node.Sessions.Core;

namespace Realtime.Tests.Sessions;

/// <summary>Who stands for a session: opening, resuming, taking over, going away and coming back.</summary>
public sealed class SessionAttachTests
{
    private readonly SessionRig _rig = new();

    [Fact]
    public void A_session_that_is_opened_is_attached_and_empty()
    {
        var attached = _rig.Open(SessionRig.Ann);

        (attached.User, attached.Expires).ShouldBe((SessionRig.Ann.User, null));
        attached.Subscriptions.ShouldBeEmpty();
        attached.State.ShouldBeEmpty();
        _rig.Machine.IsAttached.ShouldBeTrue();
    }

    [Fact]
    public void A_session_nobody_opened_is_unknown_and_leaves_memory()
    {
        _rig.Attach().ShouldBeOfType<SessionReply.Unknown>();
        _rig.Passivated.ShouldNotBeNull();
        _rig.Writes.ShouldBe(0);
    }

    [Fact]
    public void The_newest_attachment_wins_and_the_older_is_dismissed_once()
    {
        _rig.OpenAndWrite();

        var second = _rig.Attach().ShouldBeOfType<SessionReply.Attached>();
        var third = _rig.Attach().ShouldBeOfType<SessionReply.Attached>();

        third.Attachment.ShouldBeGreaterThan(second.Attachment);
        _rig.Dismissed.ShouldBe([(new ConnectionId(1), CloseCode.Superseded), (new ConnectionId(2), CloseCode.Superseded)]);
        _rig.Presence.ShouldBeEmpty();
    }

    [Fact]
    public void An_older_attachment_can_no_longer_change_anything()
    {
        var old = _rig.OpenAndWrite().Attachment;
        _rig.Attach();

        long[] tags =
        [
            _rig.Ask(new SessionRequest.PutSubscription(old, new SessionSubscription(SessionRig.Other, null, null))),
            _rig.Ask(new SessionRequest.RemoveSubscription(old, SessionRig.Chat)),
            _rig.Ask(new SessionRequest.UpdatePresence(old, SessionRig.Chat, SessionRig.Text("x"))),
            _rig.Ask(new SessionRequest.SetState(old, "k", SessionRig.Text("x"))),
            _rig.Ask(new SessionRequest.Ack(old, [new ChannelPosition(SessionRig.Chat, SessionRig.At(9))])),
            _rig.Ask(new SessionRequest.Refresh(old, SessionRig.Ann)),
            _rig.Ask(new SessionRequest.End(old)),
            _rig.Ask(new SessionRequest.Detach(old)),
        ];

        tags.ShouldAllBe(tag => _rig.Answers[tag] is SessionReply.Stale);
        _rig.Machine.IsAttached.ShouldBeTrue();
        _rig.Machine.Subscriptions.ShouldHaveSingleItem().Position.ShouldBe(SessionRig.At(0));
        (_rig.Write, _rig.Timers.Count).ShouldBe((null, 0));
    }

    [Fact]
    public void A_plain_reconnect_within_the_grace_time_writes_nothing_and_nobody_sees_it()
    {
        _rig.OpenAndWrite();
        var writes = _rig.Writes;

        _rig.Detach();
        _rig.Timers[SessionTimer.Grace].ShouldBe(new SessionPolicy().Grace);
        _rig.Attach().ShouldBeOfType<SessionReply.Attached>().Subscriptions.Count.ShouldBe(1);

        _rig.Timers.ShouldBeEmpty();
        (_rig.Writes, _rig.Presence.Count).ShouldBe((writes, 0));
    }

    [Fact]
    public void After_the_grace_time_others_see_it_leave_its_positions_are_written_and_it_leaves_memory()
    {
        _rig.OpenAndWrite();
        _rig.Ask(new SessionRequest.Ack(_rig.Machine.Attachment, [new ChannelPosition(SessionRig.Chat, SessionRig.At(5))]));
        _rig.Write.ShouldBeNull();
        _rig.Detach();

        _rig.Fire(SessionTimer.Grace);

        _rig.Presence.ShouldBe(["left chat:room"]);
        _rig.Write!.ExpiresAt.ShouldBe(_rig.Now + (long)new SessionPolicy().TimeToLive.TotalMilliseconds);
        _rig.Passivated.ShouldBeNull();
        _rig.Finish();
        _rig.Passivated.ShouldNotBeNull();

        _rig.Reload();
        var attached = _rig.Attach().ShouldBeOfType<SessionReply.Attached>();
        attached.Subscriptions.ShouldHaveSingleItem().Position.ShouldBe(SessionRig.At(5));
        _rig.Presence.ShouldBe(["left chat:room", "join chat:room"]);
    }

    [Fact]
    public void Who_comes_back_while_the_end_of_the_grace_time_is_written_is_taken_back()
    {
        _rig.OpenAndWrite();
        _rig.Detach();
        _rig.Fire(SessionTimer.Grace);

        _rig.Attach().ShouldBeOfType<SessionReply.Attached>();
        _rig.Finish();

        _rig.Passivated.ShouldBeNull();
        _rig.Fire(SessionTimer.WriteBehind);
        _rig.Write!.ExpiresAt.ShouldBeNull();
        _rig.Presence.ShouldBe(["left chat:room", "join chat:room"]);
    }

    [Fact]
    public void Acknowledged_positions_only_go_forward_within_one_life_of_a_log()
    {
        _rig.OpenAndWrite();

        Ack(SessionRig.At(7)).ShouldBe(SessionRig.At(7));
        Ack(SessionRig.At(4)).ShouldBe(SessionRig.At(7));
        var reborn = new Realtime.Messages.Positions.StreamPosition(new Realtime.Messages.Positions.Epoch(6), 1);
        Ack(reborn).ShouldBe(reborn);

        Realtime.Messages.Positions.StreamPosition? Ack(Realtime.Messages.Positions.StreamPosition position)
        {
            _rig.Ask(new SessionRequest.Ack(_rig.Machine.Attachment, [new ChannelPosition(SessionRig.Chat, position)]));
            return _rig.Machine.Subscriptions[0].Position;
        }
    }

    [Fact]
    public void A_resume_without_a_token_keeps_the_identity_until_it_expires()
    {
        _rig.OpenAndWrite(SessionRig.Ann with { Expires = 2_000_000 });
        _rig.Detach();

        _rig.Attach().ShouldBeOfType<SessionReply.Attached>().User.ShouldBe(SessionRig.Ann.User);
        _rig.Detach();
        _rig.Now = 2_000_000;
        _rig.Attach().ShouldBeOfType<EntityReply.Refused>().Code.ShouldBe(ErrorCode.TokenExpired);

        _rig.Attach(identity: SessionRig.Ann with { Expires = 3_000_000 }).ShouldBeOfType<SessionReply.Attached>().Expires.ShouldBe(3_000_000);
    }

    [Fact]
    public void A_token_of_another_user_does_not_get_the_session()
    {
        _rig.OpenAndWrite(SessionRig.Ann);

        _rig.Attach(identity: new SessionIdentity(new UserId("eve"), null)).ShouldBeOfType<SessionReply.Unknown>();

        _rig.Dismissed.ShouldBeEmpty();
        _rig.Machine.IsAttached.ShouldBeTrue();
    }

    [Fact]
    public void A_token_does_not_turn_an_anonymous_session_into_a_users()
    {
        _rig.OpenAndWrite();

        _rig.Attach(identity: SessionRig.Ann).ShouldBeOfType<SessionReply.Unknown>();
    }

    [Fact]
    public void A_refresh_of_the_same_user_is_taken_and_of_another_refused()
    {
        _rig.OpenAndWrite(SessionRig.Ann);

        var same = _rig.Ask(new SessionRequest.Refresh(_rig.Machine.Attachment, SessionRig.Ann with { Expires = 5 }));
        var other = _rig.Ask(new SessionRequest.Refresh(_rig.Machine.Attachment, new SessionIdentity(new UserId("eve"), null)));

        _rig.Answers[same].ShouldBeOfType<SessionReply.Done>();
        _rig.Answers[other].ShouldBeOfType<EntityReply.Refused>().Code.ShouldBe(ErrorCode.Forbidden);
        _rig.Fire(SessionTimer.WriteBehind);
        _rig.Write!.Record!.IdentityExpires.ShouldBe(5);
    }

    [Fact]
    public void A_session_whose_node_died_is_seen_for_its_grace_time_and_then_gets_its_expiry()
    {
        _rig.OpenAndWrite();
        _rig.Reload();

        _rig.Ask(new SessionRequest.Orphaned());
        _rig.Presence.ShouldBe(["join chat:room"]);
        _rig.Fire(SessionTimer.Grace);
        _rig.Presence.ShouldBe(["join chat:room", "left chat:room"]);
        _rig.Finish();

        _rig.Row!.ExpiresAt.ShouldNotBeNull();
        _rig.Passivated.ShouldNotBeNull();
    }

    [Fact]
    public void A_session_that_is_attached_is_no_orphan()
    {
        _rig.OpenAndWrite();

        _rig.Ask(new SessionRequest.Orphaned());

        (_rig.Timers.Count, _rig.Presence.Count).ShouldBe((0, 0));
    }

    [Fact]
    public void Presence_is_told_to_channels_when_it_is_set_changed_and_taken_back()
    {
        _rig.Open();
        _rig.Subscribe(SessionRig.Chat, "here");
        _rig.Subscribe(SessionRig.Chat, "here");
        _rig.Ask(new SessionRequest.UpdatePresence(_rig.Machine.Attachment, SessionRig.Chat, SessionRig.Text("away")));
        _rig.Subscribe(SessionRig.Chat);
        _rig.Subscribe(SessionRig.Other, "here");
        _rig.Ask(new SessionRequest.RemoveSubscription(_rig.Machine.Attachment, SessionRig.Other));
        var refused = _rig.Ask(new SessionRequest.UpdatePresence(_rig.Machine.Attachment, SessionRig.Other, SessionRig.Text("x")));

        _rig.Presence.ShouldBe(["join chat:room", "join chat:room", "left chat:room", "join chat:other", "left chat:other"]);
        _rig.Answers[refused].ShouldBeOfType<EntityReply.Refused>().Code.ShouldBe(ErrorCode.NotSubscribed);
    }
}
