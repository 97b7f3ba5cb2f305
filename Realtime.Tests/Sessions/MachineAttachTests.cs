using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Sessions.Core;
using static Realtime.Tests.Sessions.MachineRig;

namespace Realtime.Tests.Sessions;

/// <summary>Which connection holds a session.</summary>
public sealed class MachineAttachTests
{
    private readonly MachineRig _rig = new();
    private readonly IActorRef _first = Connection("first");
    private readonly IActorRef _second = Connection("second");

    [Fact]
    public void A_session_that_is_opened_is_attached_and_empty_and_nothing_is_read_for_it()
    {
        var attached = _rig.Open(_first, Ann);

        (attached.Identity?.User, attached.Subscriptions.Count, attached.State.Count).ShouldBe((Ann.User, 0, 0));
        (_rig.Machine.Stage, _rig.LogStarts).ShouldBe((SessionStage.Attached, 0));
        _rig.Advance(_rig.Policy.WriteBehind);
        (_rig.LogStarts, _rig.WasNew).ShouldBe((1, true));
    }

    [Fact]
    public void A_session_that_no_connection_opened_is_unknown_and_leaves_memory()
    {
        _rig.ReloadAndAttach(_first).ShouldBeOfType<SessionReply.Unknown>();

        _rig.IsPassivated.ShouldBeTrue();
    }

    [Fact]
    public void The_newest_connection_wins_and_the_older_is_dismissed_once()
    {
        var older = _rig.Open(_first, attempt: 1).Attachment;

        var newer = _rig.Attach(_second, attempt: 2).ShouldBeOfType<SessionReply.Attached>().Attachment;

        newer.ShouldBeGreaterThan(older);
        _rig.News.ShouldBe([(_first, new SessionNews.Dismissed(Id, CloseCode.Superseded))]);
        _rig.Subscribe(_first, Chat).ShouldBeOfType<SessionReply.Superseded>();
        _rig.Subscribe(_second, Chat).ShouldBeOfType<SessionReply.Done>();
    }

    [Fact]
    public void A_hello_that_was_given_up_and_comes_after_the_newer_one_is_refused()
    {
        _rig.Open(_first, attempt: 8);

        _rig.Attach(_second, attempt: 7).ShouldBeOfType<SessionReply.Superseded>();

        _rig.Machine.Holder!.Connection.ShouldBe(_first);
        _rig.News.ShouldBeEmpty();
    }

    [Fact]
    public void While_no_connection_holds_it_requests_are_told_to_attach_first_and_any_attempt_is_let_in()
    {
        var before = _rig.OpenAndWrite(_first, attempt: 8).Attachment;
        _rig.Detach(_first);

        _rig.Subscribe(_first, Other).ShouldBeOfType<SessionReply.NotAttached>();

        _rig.Attach(_second, attempt: 3).ShouldBeOfType<SessionReply.Attached>().Attachment.ShouldBeGreaterThan(before);
    }

    [Fact]
    public void The_same_request_to_attach_again_dismisses_no_connection_and_gets_the_same_attachment()
    {
        var attached = _rig.Open(_first, attempt: 1);

        _rig.Attach(_first, true, 1).ShouldBeOfType<SessionReply.Attached>().Attachment.ShouldBe(attached.Attachment);

        _rig.News.ShouldBeEmpty();
        var info = _rig.Answer(_second, tag => new SessionRequest.Inspect(Id, tag)).ShouldBeOfType<SessionReply.Inspected>().Info;
        info.History.Select(entry => entry.What).ShouldBe([SessionChange.Opened]);
    }

    [Fact]
    public void A_connection_whose_session_lost_its_actor_attaches_again_with_what_it_has()
    {
        var attached = _rig.OpenAndWrite(_first, Ann, 4).Attachment;
        var held = new HeldSession(attached, [new SessionSubscription(Other, At(7), null)]);

        var again = _rig.ReloadAndAttach(_first, 4, held, Ann).ShouldBeOfType<SessionReply.Attached>();

        again.Attachment.ShouldBe(attached);
        again.Subscriptions.ShouldBe(held.Subscriptions);
        _rig.Subscribe(_first, Chat).ShouldBeOfType<SessionReply.Done>();
    }

    [Fact]
    public void A_session_that_was_never_written_is_created_by_the_connection_that_held_it_and_by_no_resume()
    {
        var held = new HeldSession(_rig.Open(_first, Ann).Attachment, [new SessionSubscription(Chat, At(3), Text("here"))]);

        _rig.ReloadAndAttach(_second).ShouldBeOfType<SessionReply.Unknown>();
        var again = _rig.ReloadAndAttach(_first, held: held, identity: Ann).ShouldBeOfType<SessionReply.Attached>();

        again.Identity!.User.ShouldBe(Ann.User);
        again.Subscriptions.ShouldBe(held.Subscriptions);
        _rig.Advance(_rig.Policy.WriteBehind);
        _rig.Appends.ShouldBe(1);
    }

    [Fact]
    public void A_session_that_ended_is_not_raised_by_a_connection_that_held_it()
    {
        var held = new HeldSession(_rig.OpenAndWrite(_first).Attachment, []);
        _rig.Stored = new JournalEvent.Ended(_rig.Now);

        _rig.ReloadAndAttach(_first, held: held).ShouldBeOfType<SessionReply.Unknown>();

        _rig.IsPassivated.ShouldBeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_stale_hello_that_a_new_owner_hears_first_gives_way_to_the_connection_that_held(bool hasLeft)
    {
        _rig.OpenAndWrite(_first, attempt: 5);
        var live = Connection("live");
        var held = _rig.Attach(live, attempt: 8).ShouldBeOfType<SessionReply.Attached>().Attachment;
        var stale = _rig.ReloadAndAttach(_second, 7).ShouldBeOfType<SessionReply.Attached>().Attachment;
        if (hasLeft)
        {
            _rig.Detach(_second);
        }

        var again = _rig.Attach(live, held: new HeldSession(held, []), attempt: 8).ShouldBeOfType<SessionReply.Attached>();

        stale.ShouldBeLessThan(held);
        again.Attachment.ShouldBe(held);
        _rig.Machine.Holder!.Connection.ShouldBe(live);
        _rig.News.Count.ShouldBe(hasLeft ? 0 : 1);
    }

    [Fact]
    public void Without_attempts_an_attachment_of_a_new_owner_is_newer_than_those_its_predecessor_gave_out()
    {
        _rig.OpenAndWrite(_first);
        _rig.Advance(TimeSpan.FromSeconds(1));
        var last = _rig.Attach(_second).ShouldBeOfType<SessionReply.Attached>().Attachment;
        _rig.Advance(TimeSpan.FromSeconds(1));

        _rig.ReloadAndAttach(Connection("third")).ShouldBeOfType<SessionReply.Attached>().Attachment.ShouldBeGreaterThan(last);

        _rig.Attach(_second, held: new HeldSession(last, [])).ShouldBeOfType<SessionReply.Superseded>();
    }

    [Fact]
    public void A_connection_that_has_let_go_is_not_brought_back_by_an_older_request()
    {
        var held = new HeldSession(_rig.OpenAndWrite(_first).Attachment, []);
        _rig.Detach(_first);

        _rig.Attach(_first, held: held).ShouldBeOfType<SessionReply.Unknown>();

        _rig.Machine.Stage.ShouldBe(SessionStage.Detached);
    }

    [Fact]
    public void Nobody_gets_the_session_of_another_user()
    {
        var held = new HeldSession(_rig.OpenAndWrite(_first, Ann).Attachment, []);

        _rig.Attach(_second, identity: new SessionIdentity(new UserId("bob"), null)).ShouldBeOfType<SessionReply.Unknown>();
        _rig.Attach(_second, held: held).ShouldBeOfType<SessionReply.Unknown>();

        _rig.Attach(_second).ShouldBeOfType<SessionReply.Attached>().Identity!.User.ShouldBe(Ann.User, "a resume without a token keeps the identity");
    }

    [Fact]
    public void A_token_does_not_turn_an_anonymous_session_into_a_users()
    {
        _rig.OpenAndWrite(_first);

        _rig.Attach(_second, identity: Ann).ShouldBeOfType<SessionReply.Unknown>();
    }

    [Fact]
    public void A_resume_without_a_token_needs_an_identity_that_has_not_expired()
    {
        _rig.OpenAndWrite(_first, Ann with { Expires = _rig.Now + 5_000 });
        _rig.Advance(TimeSpan.FromSeconds(5));

        _rig.Attach(_second).ShouldBeOfType<SessionReply.Refused>().Code.ShouldBe(ErrorCode.TokenExpired);
        _rig.Attach(_second, identity: Ann).ShouldBeOfType<SessionReply.Attached>();
    }

    [Fact]
    public void A_refresh_of_the_same_user_is_taken_and_of_another_refused()
    {
        _rig.OpenAndWrite(_first, Ann);

        _rig.Answer(_first, tag => new SessionRequest.Refresh(Id, tag, new SessionIdentity(new UserId("bob"), null)))
            .ShouldBeOfType<SessionReply.Refused>().Code.ShouldBe(ErrorCode.Forbidden);
        _rig.Answer(_first, tag => new SessionRequest.Refresh(Id, tag, Ann with { Expires = 77 })).ShouldBeOfType<SessionReply.Done>();

        _rig.Attach(_first, identity: Ann with { Expires = 77 }).ShouldBeOfType<SessionReply.Attached>().Identity!.Expires.ShouldBe(77);
    }

    [Fact]
    public void Acknowledged_positions_only_go_forward_within_one_life_of_a_log()
    {
        _rig.Open(_first);
        _rig.Subscribe(_first, Chat, offset: 10);

        Acknowledge(8);
        _rig.Machine.Subscriptions[0].Position.ShouldBe(At(10));
        Acknowledge(12);
        _rig.Machine.Subscriptions[0].Position.ShouldBe(At(12));

        void Acknowledge(long offset) => _rig.Answer(
            _first, tag => new SessionRequest.Acknowledge(Id, tag, [new ChannelPosition(Chat, At(offset))]))
            .ShouldBeOfType<SessionReply.Done>();
    }

    [Fact]
    public void A_connection_that_stopped_without_a_word_has_let_go()
    {
        _rig.OpenAndWrite(_first);

        _rig.Step(new SessionInput.ConnectionStopped(_second));
        _rig.Machine.Stage.ShouldBe(SessionStage.Attached, "another connection's end is none of its business");
        _rig.Step(new SessionInput.ConnectionStopped(_first));

        _rig.Machine.Stage.ShouldBe(SessionStage.Detached);
    }

    [Fact]
    public void What_a_connection_asked_for_before_its_end_counts_although_the_news_of_its_end_came_first()
    {
        _rig.Open(_first);
        _rig.Step(new SessionInput.ConnectionStopped(_first));

        _rig.Answer(_first, tag => new SessionRequest.PutSubscription(Id, tag, new SessionSubscription(Chat, At(10), null, false)))
            .ShouldBeOfType<SessionReply.Done>();
        _rig.Answer(_first, tag => new SessionRequest.Acknowledge(Id, tag, [new ChannelPosition(Chat, At(12))])).ShouldBeOfType<SessionReply.Done>();
        _rig.Answer(_second, tag => new SessionRequest.RemoveSubscription(Id, tag, Chat)).ShouldBeOfType<SessionReply.NotAttached>();

        _rig.Attach(_second).ShouldBeOfType<SessionReply.Attached>().Subscriptions.ShouldHaveSingleItem().Position.ShouldBe(At(12));
        _rig.Answer(_first, tag => new SessionRequest.RemoveSubscription(Id, tag, Chat)).ShouldBeOfType<SessionReply.Superseded>("it is another's now");
    }

    [Fact]
    public void A_request_without_a_tag_is_refused_and_not_confirmed()
    {
        _rig.Open(_first);
        _rig.Step(new SessionInput.Asked(new SessionRequest.RemoveSubscription(Id, 0, Chat), _first));
        _rig.Answers.ShouldNotContainKey(0);

        _rig.Step(new SessionInput.Asked(new SessionRequest.RemoveSubscription(Id, 0, Chat), _second));
        _rig.Answers[0].ShouldBeOfType<SessionReply.Superseded>();
    }

    [Fact]
    public void An_operator_who_lets_a_client_come_back_closes_its_connection_only()
    {
        var held = new HeldSession(_rig.OpenAndWrite(_first).Attachment, []);

        _rig.Answer(_second, tag => new SessionRequest.Disconnect(Id, tag, true, "test")).ShouldBeOfType<SessionReply.Done>();

        _rig.News.ShouldBe([(_first, new SessionNews.Dismissed(Id, CloseCode.Disconnected))]);
        _rig.Attach(_first, held: held).ShouldBeOfType<SessionReply.Unknown>("it is dismissed, whether it heard of it or not");
        _rig.Attach(_second).ShouldBeOfType<SessionReply.Attached>();
    }
}
