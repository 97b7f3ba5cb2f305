using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Connections.Core;

namespace Realtime.Tests.Connections;

/// <summary>What a connection does when the owner of its session changes.</summary>
public sealed class HoldingTests
{
    private readonly ConnectionRig _rig = new();

    [Fact]
    public void A_connection_tells_a_new_owner_whom_it_stands_for_and_everything_the_session_was_told()
    {
        var acked = new StreamPosition(new Epoch(5), 17);
        _rig.Welcome(new ClientFrame.Hello(1) { Token = "ann" }, new UserId("ann"));
        _rig.Come(new ClientFrame.Subscribe(2, new SubscriptionRequest(ConnectionRig.Chat) { Presence = ConnectionRig.Text("me") }));
        _rig.FeedJoins(ConnectionRig.Chat);
        _rig.Come(new ClientFrame.Ack([new ChannelPosition(ConnectionRig.Chat, acked)]));
        _rig.Come(new ClientFrame.Subscribe(3, new SubscriptionRequest(ChannelName.Parse("chat:joining"))));

        _rig.Step(new ConnectionInput.OwnerMoved());

        var hold = Asked();
        (hold.Node, hold.Connection, hold.Attachment, hold.Identity)
            .ShouldBe((new NodeId("one"), new ConnectionId(3), new AttachNumber(4), new SessionIdentity(new UserId("ann"), null)));
        hold.Subscriptions.ShouldContain(new SessionSubscription(ConnectionRig.Chat, acked, ConnectionRig.Text("me")));
        hold.Subscriptions.ShouldNotContain(item => item.Channel == ChannelName.Parse("chat:joining"), "the session has not been told of it yet");
        _rig.SessionAnswers(new SessionReply.Done());
        _rig.Pass(TimeSpan.FromMinutes(2));
        _rig.SessionQuestions.ShouldBeEmpty();
        _rig.Goodbye.ShouldBeNull();
    }

    [Fact]
    public void What_the_session_had_before_a_resume_is_held_before_its_feeds_have_joined()
    {
        var known = new SessionSubscription(ConnectionRig.Chat, ConnectionRig.Head, ConnectionRig.Text("me"), true);
        _rig.Come(new ClientFrame.Hello(1) { Session = _rig.Setup.ResumeTokens.Issue(new SessionId(33)) });
        _rig.SessionAnswers(new SessionReply.Attached(new AttachNumber(9), null, null) { Subscriptions = [known] });

        _rig.Step(new ConnectionInput.OwnerMoved());

        Asked().Subscriptions.ShouldBe([known]);
    }

    [Theory]
    [InlineData(true, CloseCode.Superseded)]
    [InlineData(false, CloseCode.SessionUnavailable)]
    public void A_connection_that_no_longer_holds_its_session_is_closed(bool stale, CloseCode code)
    {
        _rig.Welcome();
        _rig.Step(new ConnectionInput.OwnerMoved());

        _rig.SessionAnswers(stale ? new SessionReply.Stale() : new SessionReply.Unknown());

        _rig.Closed(code);
    }

    [Fact]
    public void A_question_without_an_answer_is_asked_again_and_only_the_last_answer_counts()
    {
        _rig.Welcome();
        _rig.Step(new ConnectionInput.OwnerMoved());
        _rig.Machine.Due.ShouldBe(_rig.Now + Holding.AnswerTimeout);
        _rig.Pass(TimeSpan.FromMilliseconds(Holding.AnswerTimeout));
        _rig.SessionQuestions.Count.ShouldBe(2);

        _rig.SessionAnswers(new SessionReply.Unknown());
        _rig.Goodbye.ShouldBeNull();
        _rig.SessionAnswers(new SessionReply.Done());

        _rig.Pass(TimeSpan.FromMilliseconds(Holding.AnswerTimeout));
        _rig.SessionQuestions.ShouldBeEmpty();
    }

    [Fact]
    public void A_refusal_is_waited_out_longer_each_time_and_in_the_end_the_client_is_sent_to_resume()
    {
        _rig.Welcome();
        _rig.Step(new ConnectionInput.OwnerMoved());
        var asked = 0;
        for (var second = 0; second < Holding.Patience / 1000 && _rig.Goodbye is null; second++)
        {
            while (_rig.SessionQuestions.Count > 0)
            {
                asked++;
                _rig.SessionAnswers(new EntityReply.Refused(ErrorCode.Unavailable, "nobody owns it"));
            }

            _rig.Come(new ClientFrame.Pong([]));
            _rig.Goodbye.ShouldBeNull();
            _rig.Pass(TimeSpan.FromSeconds(1));
        }

        asked.ShouldBeInRange(12, 20);
        _rig.Pass(TimeSpan.FromSeconds(5));
        _rig.Closed(CloseCode.SessionUnavailable);
    }

    [Fact]
    public void A_session_that_does_not_know_its_connection_is_told_of_it_and_the_request_may_come_again()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Set(2, "k", null));
        _rig.SessionAnswers(new SessionReply.Unknown());

        _rig.Refused(2, ErrorCode.Unavailable).RetryAfter.ShouldBe(1000);
        Asked();
    }

    [Fact]
    public void A_hello_that_waits_asks_again_when_the_owner_changes_or_nothing_comes_and_takes_one_answer()
    {
        _rig.Come(new ClientFrame.Hello(1));
        _rig.Step(new ConnectionInput.OwnerMoved());
        _rig.Pass(TimeSpan.FromMilliseconds(Greeting.AnswerTimeout));
        _rig.SessionQuestions.Count.ShouldBe(3);
        _rig.SessionQuestions.ShouldAllBe(question => question.Request == _rig.SessionQuestions[0].Request && question.Session == ConnectionRig.Fresh);

        _rig.SessionAnswers(new SessionReply.Attached(new AttachNumber(4), null, null));
        _rig.Take<ServerFrame.Welcome>();
        _rig.SessionAnswers(new SessionReply.Attached(new AttachNumber(4), null, null));
        _rig.SessionWords.ShouldBeEmpty("its own attachment is nothing to let go of");

        // An owner that did not know of the first answer gave another number.
        _rig.SessionAnswers(new SessionReply.Attached(new AttachNumber(5), null, null));
        _rig.Machine.Attachment.ShouldBe(new AttachNumber(5));
        _rig.Sent.ShouldBeEmpty();
    }

    [Fact]
    public void A_connection_that_is_closing_holds_nothing_any_more()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Bye(2));
        _rig.SessionQuestions.Clear();

        _rig.Step(new ConnectionInput.OwnerMoved());

        _rig.SessionQuestions.ShouldBeEmpty();
    }

    [Fact]
    public void A_connection_that_attached_before_the_session_was_written_says_so_when_it_holds()
    {
        _rig.Come(new ClientFrame.Hello(1) { Session = _rig.Setup.ResumeTokens.Issue(new SessionId(33)), Attempt = 12 });
        _rig.SessionAnswers(new SessionReply.Attached(new AttachNumber(9), null, null) { IsUnwritten = true });

        _rig.Step(new ConnectionInput.OwnerMoved());

        var hold = Asked();
        (hold.IsUnwritten, hold.Attempt).ShouldBe((true, 12));
    }

    [Fact]
    public void A_connection_that_is_given_another_number_goes_by_it_and_tells_everything_again()
    {
        _rig.Welcome();
        _rig.Step(new ConnectionInput.OwnerMoved());

        _rig.SessionAnswers(new SessionReply.Attached(new AttachNumber(70), null, null));

        Asked().Attachment.ShouldBe(new AttachNumber(70));
        _rig.SessionAnswers(new SessionReply.Done());
        _rig.Machine.Attachment.ShouldBe(new AttachNumber(70));
        _rig.Pass(TimeSpan.FromMinutes(2));
        _rig.SessionQuestions.ShouldBeEmpty();
        _rig.Goodbye.ShouldBeNull();
    }

    [Fact]
    public void A_number_that_comes_when_the_connection_is_closing_is_given_back()
    {
        _rig.Welcome();
        _rig.Step(new ConnectionInput.OwnerMoved());
        _rig.Step(new ConnectionInput.LinkLost());
        _rig.SessionWords.Clear();

        _rig.SessionAnswers(new SessionReply.Attached(new AttachNumber(70), null, null));

        _rig.SessionWords.ShouldBe([new SessionRequest.Detach(new AttachNumber(70))]);
    }

    [Fact]
    public void A_session_that_is_gone_sees_to_it_that_nobody_sees_it_any_more()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Subscribe(2, new SubscriptionRequest(ConnectionRig.Chat) { Presence = ConnectionRig.Text("me") }));
        _rig.FeedJoins(ConnectionRig.Chat);
        _rig.Sent.Clear();
        _rig.Subscribe(ChannelName.Parse("quiet"), 3);
        _rig.SessionWords.Clear();
        _rig.Step(new ConnectionInput.OwnerMoved());

        _rig.SessionAnswers(new SessionReply.Unknown());

        _rig.SessionWords.ShouldBe([new SessionRequest.Probe(ConnectionRig.Chat)]);
    }

    private SessionRequest.Hold Asked() => _rig.SessionQuestions.ShouldHaveSingleItem().Request.ShouldBeOfType<SessionRequest.Hold>();
}
