using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Node.Connections.Core;

namespace Realtime.Tests.Connections;

/// <summary>A connection and its session: who holds it, what is sent again and when, and when the connection gives up.</summary>
public sealed class SessionOutboxTests
{
    private readonly ConnectionRig _rig = new();

    [Fact]
    public void An_attach_without_an_answer_is_sent_again_with_the_same_tag_and_one_answer_counts()
    {
        _rig.Come(new ClientFrame.Hello(1) { Attempt = 8 });
        _rig.Pass(RepeatDelay.FirstOfAttach - 1);
        _rig.SessionQuestions.Count.ShouldBe(1);

        _rig.Pass(1);

        _rig.SessionQuestions.Count.ShouldBe(2);
        _rig.SessionQuestions[1].ShouldBe(_rig.SessionQuestions[0]);
        _rig.SessionAnswers(new SessionReply.Attached(0, ConnectionRig.Attachment, null));
        _rig.Take<ServerFrame.Welcome>();
        _rig.SessionAnswers(new SessionReply.Attached(0, ConnectionRig.Attachment, null));
        _rig.Sent.ShouldBeEmpty();
    }

    [Fact]
    public void An_attach_that_may_have_been_lost_with_a_node_is_sent_again_soon_after_its_removal()
    {
        _rig.Come(new ClientFrame.Hello(1) { Attempt = 8 });
        _rig.Pass(1_000);
        _rig.Pass(2_000);
        _rig.SessionQuestions.Clear();
        _rig.Step(ConnectionInput.NodeRemoved.Instance);
        _rig.Pass(RepeatDelay.First - 1);
        _rig.SessionQuestions.ShouldBeEmpty();

        _rig.Pass(1);

        _rig.SessionQuestions.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.Attach>();
    }

    [Fact]
    public void A_session_that_moves_gets_its_connection_with_all_it_knows_and_then_what_is_unanswered_in_its_order()
    {
        _rig.Welcome(new ClientFrame.Hello(1) { Attempt = 8, Token = "ann" }, new UserId("ann"));
        _rig.Subscribe(ConnectionRig.Chat);
        _rig.Come(new ClientFrame.Set(2, "a", ConnectionRig.Text("1")));
        _rig.Come(new ClientFrame.Set(3, "b", ConnectionRig.Text("2")));
        _rig.SessionQuestions.Clear();
        _rig.SessionWords.Clear();

        _rig.Step(new ConnectionInput.SessionMoved());
        _rig.Come(new ClientFrame.Set(4, "c", ConnectionRig.Text("3")));

        var attach = _rig.SessionQuestions.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.Attach>();
        (attach.IsNew, attach.Attempt, attach.Identity!.User, attach.Held!.Attachment)
            .ShouldBe((false, 8, new UserId("ann"), ConnectionRig.Attachment));
        attach.Held.Subscriptions.ShouldContain(new SessionSubscription(ConnectionRig.Chat, ConnectionRig.Head, null));
        _rig.SessionAnswers(new SessionReply.Attached(0, ConnectionRig.Attachment, new SessionIdentity(new UserId("ann"), null)));

        _rig.SessionQuestions.Cast<SessionRequest.SetState>().Select(set => set.Key).ShouldBe(["a", "b", "c"]);
        _rig.SessionWords.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.PutSubscription>().Subscription.Channel
            .ShouldBe(ConnectionRig.Chat);
        _rig.SessionAnswers(new SessionReply.Done(0));
        _rig.Take<ServerFrame.Done>().Id.ShouldBe(2);
    }

    [Fact]
    public void A_session_that_has_no_holder_is_attached_to_once_however_many_requests_say_so()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Set(2, "a", null));
        _rig.Come(new ClientFrame.Set(3, "b", null));

        _rig.SessionAnswers(new SessionReply.NotAttached(0));
        _rig.SessionQuestions.RemoveAt(0);
        _rig.SessionQuestions.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.Attach>();
        _rig.Step(new ConnectionInput.SessionReplied(new SessionReply.NotAttached(_rig.SessionQuestions[0].Tag - 1)));
        _rig.SessionQuestions.Count.ShouldBe(1);
        _rig.Sent.ShouldBeEmpty();

        _rig.SessionAnswers(new SessionReply.Attached(0, ConnectionRig.Attachment, null));
        _rig.SessionAnswers(new SessionReply.Done(0));
        _rig.SessionAnswers(new SessionReply.Done(0));

        _rig.Sent.Cast<ServerFrame.Done>().Select(done => done.Id).ShouldBe([2, 3]);
    }

    [Fact]
    public void A_word_without_a_tag_finds_out_that_the_session_has_no_holder_too()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Ack([new ChannelPosition(ConnectionRig.Chat, ConnectionRig.Head)]));

        _rig.Step(new ConnectionInput.SessionReplied(new SessionReply.NotAttached(0)));

        _rig.SessionQuestions.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.Attach>().Held.ShouldNotBeNull();
    }

    [Fact]
    public void A_connection_whose_session_a_newer_one_holds_is_closed_for_good_and_answers_nothing_of_it_with_yes()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Set(2, "a", null));

        _rig.SessionAnswers(new SessionReply.Superseded(0));
        _rig.Pass(ConnectionMachine.LastAnswers);

        _rig.Sent.ShouldBeEmpty();
        _rig.Closed(CloseCode.Superseded);
    }

    [Fact]
    public void A_session_that_is_gone_closes_the_connection_and_takes_its_presence_with_it()
    {
        _rig.Welcome();
        _rig.Subscribe(ConnectionRig.Chat);
        _rig.Step(new ConnectionInput.SessionMoved());

        _rig.SessionAnswers(new SessionReply.Unknown(0));

        _rig.Closed(CloseCode.SessionUnavailable);
        _rig.Withdrawn.ShouldBe([ConnectionRig.Chat]);
        _rig.SessionWords.Clear();
        _rig.Step(new ConnectionInput.LinkClosed());
        _rig.SessionWords.ShouldBeEmpty("there is nothing to detach from");
    }

    [Fact]
    public void Requests_without_an_answer_are_sent_again_together_and_in_order_with_doubling_pauses()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Set(2, "k", ConnectionRig.Text("1")));
        _rig.Pass(100);
        _rig.Come(new ClientFrame.Set(3, "k", ConnectionRig.Text("2")));
        _rig.SessionQuestions.Clear();
        long[] pauses = [150, 500, 1_000, 2_000, 4_000, 4_000];
        foreach (var pause in pauses)
        {
            _rig.Pass(pause - 1);
            _rig.SessionQuestions.ShouldBeEmpty();
            _rig.Pass(1);
            _rig.SessionQuestions.Cast<SessionRequest.SetState>().Select(set => set.Value)
                .ShouldBe([ConnectionRig.Text("1"), ConnectionRig.Text("2")]);
            _rig.SessionQuestions.Clear();
        }

        _rig.Pass(ConnectionMachine.RequestTimeout);
        _rig.Sent.OfType<ServerFrame.Error>().Select(error => (error.Id, error.Code, error.Outcome))
            .ShouldBe([(2, ErrorCode.Timeout, Outcome.Unknown), (3, ErrorCode.Timeout, Outcome.Unknown)]);
    }

    [Fact]
    public void A_later_change_of_a_key_settles_the_earlier_ones_so_that_none_is_sent_after_it()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Set(2, "k", ConnectionRig.Text("1")));
        _rig.Come(new ClientFrame.Set(3, "other", ConnectionRig.Text("1")));
        _rig.Come(new ClientFrame.Set(4, "k", ConnectionRig.Text("2")));
        _rig.SessionQuestions.RemoveRange(0, 2);

        _rig.SessionAnswers(new SessionReply.Done(0));

        _rig.Sent.Cast<ServerFrame.Done>().Select(done => done.Id).ShouldBe([2, 4]);
        _rig.Pass(RepeatDelay.First);
        _rig.SessionQuestions.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.SetState>().Key.ShouldBe("other");
    }

    [Fact]
    public void A_subscription_is_sent_again_as_it_is_then_and_an_answer_to_an_older_state_does_not_count()
    {
        _rig.Welcome();
        _rig.Subscribe(ConnectionRig.Chat);
        var put = _rig.SessionWords.ShouldHaveSingleItem();
        _rig.Come(new ClientFrame.Unsubscribe(3, ConnectionRig.Chat));
        _rig.SessionWords.Clear();
        _rig.Step(new ConnectionInput.SessionReplied(new SessionReply.Done(put.Tag)));

        _rig.Pass(RepeatDelay.First);

        var remove = _rig.SessionWords.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.RemoveSubscription>();
        _rig.SessionWords.Clear();
        _rig.Step(new ConnectionInput.SessionReplied(new SessionReply.Done(remove.Tag)));
        _rig.Pass(60_000);
        _rig.SessionWords.ShouldBeEmpty();
    }

    [Fact]
    public void A_refusal_to_attach_again_is_waited_out_and_in_the_end_the_client_is_sent_to_resume_elsewhere()
    {
        _rig.Welcome();
        _rig.Step(new ConnectionInput.SessionMoved());
        _rig.SessionAnswers(new SessionReply.Refused(0, ErrorCode.Unavailable, "not now", 3_000));
        _rig.Pass(2_999);
        _rig.SessionQuestions.ShouldBeEmpty();
        _rig.Pass(1_000);
        _rig.SessionQuestions.Count.ShouldBe(1);

        for (var second = 0; second < 60 && _rig.Goodbye is null; second++)
        {
            _rig.Come(new ClientFrame.Pong([]));
            _rig.Pass(1_000);
        }

        _rig.Closed(CloseCode.SessionUnavailable);
    }

    [Fact]
    public void A_session_that_stops_gives_a_request_back_and_gets_it_again_soon()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Set(2, "k", null));
        _rig.SessionAnswers(new SessionReply.Retry(0));
        _rig.Sent.ShouldBeEmpty();

        _rig.Pass(RepeatDelay.First);

        _rig.SessionQuestions.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.SetState>();
    }

    [Fact]
    public void A_refusal_is_not_certain_while_another_copy_is_under_way()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Set(2, "k", null));
        _rig.Pass(RepeatDelay.First);

        _rig.SessionAnswers(new SessionReply.Refused(0, ErrorCode.StorageFull, "full"));

        _rig.Refused(2, ErrorCode.StorageFull).Outcome.ShouldBe(Outcome.Unknown);
    }

    [Fact]
    public void The_client_hears_nothing_of_a_request_before_its_session_has_answered()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Set(2, "k", ConnectionRig.Text("v")));
        _rig.Come(new ClientFrame.Bye(3));
        _rig.Pass(1_000);
        (_rig.Sent.Count, _rig.Goodbye).ShouldBe((0, null));

        var end = _rig.SessionQuestions.OfType<SessionRequest.End>().First();
        _rig.Step(new ConnectionInput.SessionReplied(new SessionReply.Done(end.Tag)));

        _rig.Take<ServerFrame.Done>().Id.ShouldBe(3);
    }
}
