using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Node.Connections.Core;

namespace Realtime.Tests.Connections;

/// <summary>From the first frame to the welcome.</summary>
public sealed class HandshakeTests
{
    private readonly ConnectionRig _rig = new();

    private static StreamPosition At(long offset) => new(new Epoch(5), offset);

    [Fact]
    public void A_hello_opens_a_session_and_the_welcome_says_what_holds()
    {
        _rig.Come(new ClientFrame.Hello(9));
        var ask = _rig.SessionQuestions.ShouldHaveSingleItem();
        ask.Session.ShouldBe(ConnectionRig.Fresh);
        ask.ShouldBeOfType<SessionRequest.Attach>().IsNew.ShouldBeTrue();
        _rig.Machine.IsWelcomed.ShouldBeFalse();

        _rig.SessionAnswers(new SessionReply.Attached(0, new Attachment(1, 1), null)
        {
            State = [KeyValuePair.Create("k", ConnectionRig.Text("v"))],
        });

        var welcome = _rig.Take<ServerFrame.Welcome>();
        (welcome.Id, welcome.Resumed, welcome.User, welcome.Node).ShouldBe((9, false, null, new NodeId("one")));
        (welcome.PingEvery, welcome.PingTimeout, welcome.CrashWindow).ShouldBe((25, 10, 2000));
        welcome.Limits.ShouldBe(_rig.Policy.Limits);
        welcome.State.ShouldHaveSingleItem().Key.ShouldBe("k");
        _rig.Setup.ResumeTokens.TryVerify(welcome.Session, out var session).ShouldBeTrue();
        session.ShouldBe(ConnectionRig.Fresh);
    }

    [Fact]
    public void A_resume_joins_what_the_session_knows_from_where_the_client_says_it_is()
    {
        var acked = ChannelName.Parse("chat:acked");
        var plain = ChannelName.Parse("cursors:x");
        _rig.Come(new ClientFrame.Hello(1)
        {
            Session = _rig.Setup.ResumeTokens.Issue(new SessionId(33)), Positions = [new ChannelPosition(ConnectionRig.Chat, At(8))],
        });
        _rig.SessionQuestions[0].ShouldBeOfType<SessionRequest.Attach>().IsNew.ShouldBeFalse();
        _rig.SessionQuestions[0].Session.ShouldBe(new SessionId(33));

        _rig.SessionAnswers(new SessionReply.Attached(0, new Attachment(1, 2), null)
        {
            Subscriptions =
            [
                new SessionSubscription(ConnectionRig.Chat, At(3), null), new SessionSubscription(acked, At(4), null),
                new SessionSubscription(plain, null, null),
            ],
        });

        _rig.Joins.Select(join => join.From).ShouldBe([new StartFrom.At(At(8)), new StartFrom.At(At(4)), StartFrom.Live]);
        _rig.Sent.ShouldBeEmpty();
        _rig.FeedJoins(ConnectionRig.Chat);
        _rig.FeedJoins(acked);
        _rig.Begun.ShouldBeEmpty();
        _rig.FeedJoins(plain);

        var welcome = _rig.Take<ServerFrame.Welcome>();
        welcome.Resumed.ShouldBeTrue();
        welcome.Subscriptions.Select(info => info.Channel).ShouldBe([ConnectionRig.Chat, acked, plain]);
        _rig.Begun.ShouldBe([ConnectionRig.Chat, acked, plain]);
        _rig.SessionWords.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.Acknowledge>();
    }

    [Theory]
    [InlineData("forged")]
    [InlineData("")]
    public void A_token_that_is_not_ours_is_a_lost_session_and_no_error(string token)
    {
        _rig.Come(new ClientFrame.Hello(1) { Session = token });

        _rig.SessionQuestions.ShouldHaveSingleItem().Session.ShouldBe(ConnectionRig.Fresh);
    }

    [Fact]
    public void A_session_that_is_gone_is_replaced_and_positions_still_count()
    {
        _rig.Come(new ClientFrame.Hello(1)
        {
            Session = _rig.Setup.ResumeTokens.Issue(new SessionId(33)),
            Positions = [new ChannelPosition(ConnectionRig.Chat, At(8))],
            Subscriptions = [new SubscriptionRequest(ConnectionRig.Chat) { From = StartFrom.Start, Presence = ConnectionRig.Text("me") }],
        });
        _rig.SessionAnswers(new SessionReply.Unknown(0));
        _rig.SessionWords.Clear();
        var again = _rig.SessionQuestions.ShouldHaveSingleItem();
        (again.Session, ((SessionRequest.Attach)again).IsNew).ShouldBe((ConnectionRig.Fresh, true));
        _rig.SessionAnswers(new SessionReply.Attached(0, new Attachment(1, 1), null));

        _rig.Joins.ShouldHaveSingleItem().From.ShouldBe(new StartFrom.At(At(8)));
        _rig.FeedJoins(ConnectionRig.Chat);

        _rig.Take<ServerFrame.Welcome>().Resumed.ShouldBeFalse();
        var put = _rig.SessionWords.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.PutSubscription>();
        (put.Subscription.Channel, put.Subscription.Presence).ShouldBe((ConnectionRig.Chat, ConnectionRig.Text("me")));
    }

    [Fact]
    public void What_cannot_be_subscribed_is_not_in_the_welcome_and_is_named_after_it()
    {
        var users = ChannelName.Parse("members:x");
        var nowhere = ChannelName.Parse("nowhere:x");
        _rig.Come(new ClientFrame.Hello(1)
        {
            Subscriptions = [new SubscriptionRequest(users), new SubscriptionRequest(nowhere), new SubscriptionRequest(ConnectionRig.Chat)],
        });
        _rig.SessionAnswers(new SessionReply.Attached(0, new Attachment(1, 1), null));
        _rig.Step(new ConnectionInput.JoinRefused(
            ConnectionRig.Chat, new ChannelReply.Refused(0, ErrorCode.Unavailable, "not now")));

        _rig.Sent[0].ShouldBeOfType<ServerFrame.Welcome>().Subscriptions.ShouldBeEmpty();
        _rig.Sent.Skip(1).Cast<ServerFrame.Unsubscribed>().Select(frame => (frame.Channel, frame.Reason))
            .ShouldBe([(users, "forbidden"), (nowhere, "not_found"), (ConnectionRig.Chat, "unavailable")]);
    }

    [Fact]
    public void A_user_is_subscribed_to_their_personal_channel_by_the_server()
    {
        var welcome = _rig.Welcome(new ClientFrame.Hello(1) { Token = "ann" }, new UserId("ann"));

        welcome.User.ShouldBe(new UserId("ann"));
        welcome.Subscriptions.ShouldHaveSingleItem().Channel.ShouldBe(ChannelName.Personal(new UserId("ann")));
    }

    [Theory]
    [InlineData("forged", ErrorCode.Unauthorized, CloseCode.Unauthorized)]
    [InlineData("old", ErrorCode.TokenExpired, CloseCode.TokenExpired)]
    public void A_token_that_is_refused_is_an_error_and_the_end(string token, ErrorCode error, CloseCode close)
    {
        _rig.Come(new ClientFrame.Hello(4) { Token = token });

        _rig.Refused(4, error);
        _rig.Closed(close);
        _rig.SessionQuestions.ShouldBeEmpty();
    }

    [Fact]
    public void A_session_whose_identity_is_over_asks_for_a_new_token()
    {
        _rig.Come(new ClientFrame.Hello(4) { Session = _rig.Setup.ResumeTokens.Issue(new SessionId(33)) });
        _rig.SessionAnswers(new SessionReply.Refused(0, ErrorCode.TokenExpired, "over"));

        _rig.Refused(4, ErrorCode.TokenExpired);
        _rig.Closed(CloseCode.TokenExpired);
    }

    [Fact]
    public void A_session_that_cannot_be_loaded_sends_the_client_away_to_come_back()
    {
        _rig.Come(new ClientFrame.Hello(4));
        _rig.SessionAnswers(new SessionReply.Refused(0, ErrorCode.Unavailable, "not now", 1000));

        _rig.Refused(4, ErrorCode.Unavailable).RetryAfter.ShouldBe(1000);
        _rig.Closed(CloseCode.SessionUnavailable);
    }

    [Fact]
    public void A_session_that_does_not_answer_at_all_sends_the_client_away_to_come_back()
    {
        _rig.Come(new ClientFrame.Hello(4));

        _rig.Pass(TimeSpan.FromSeconds(15));

        _rig.Closed(CloseCode.SessionUnavailable);
    }

    [Fact]
    public void A_session_that_was_asked_is_let_go_of_even_if_its_answer_does_not_come_any_more()
    {
        _rig.Come(new ClientFrame.Hello(4));

        _rig.Step(new ConnectionInput.LinkClosed());

        _rig.IsStopped.ShouldBeTrue();
        _rig.SessionWords.ShouldBe([new SessionRequest.Detach(ConnectionRig.Fresh, 0)]);
    }

    [Fact]
    public void Frames_that_come_before_the_welcome_are_handled_after_it_in_order()
    {
        _rig.Come(new ClientFrame.Hello(1));
        _rig.Come(new ClientFrame.Publish(2, ConnectionRig.Chat, ConnectionRig.Text("a")));
        _rig.Come(new ClientFrame.Set(3, "k", ConnectionRig.Text("v")));
        (_rig.ChannelQuestions.Count, _rig.SessionQuestions.Count).ShouldBe((0, 1));

        _rig.SessionAnswers(new SessionReply.Attached(0, new Attachment(1, 1), null));

        _rig.Take<ServerFrame.Welcome>();
        (_rig.ChannelQuestions.Count, _rig.SessionQuestions.Count).ShouldBe((1, 1));
    }

    [Fact]
    public void Early_frames_are_bounded()
    {
        var rig = new ConnectionRig(new Realtime.Node.Connections.ConnectionPolicy { OpenRequests = 2 });
        rig.Come(new ClientFrame.Hello(1));
        rig.Come(new ClientFrame.Set(2, "a", null));
        rig.Come(new ClientFrame.Set(3, "b", null));
        rig.Come(new ClientFrame.Set(4, "c", null));

        rig.Refused(4, ErrorCode.TooMany);
    }

    [Fact]
    public void The_first_frame_must_be_a_hello()
    {
        _rig.Come(new ClientFrame.Publish(2, ConnectionRig.Chat, ConnectionRig.Text("a")));

        _rig.Closed(CloseCode.HelloExpected);
    }

    [Fact]
    public void A_first_frame_that_cannot_be_read_gets_its_error_before_the_end()
    {
        _rig.Come(new ClientFrame.Malformed(2, ErrorCode.BadRequest, "hello.id"));

        _rig.Refused(2, ErrorCode.BadRequest);
        _rig.Closed(CloseCode.HelloExpected);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_second_hello_is_the_end(bool welcomed)
    {
        if (welcomed)
        {
            _rig.Welcome();
        }
        else
        {
            _rig.Come(new ClientFrame.Hello(1));
        }

        _rig.Come(new ClientFrame.Hello(2));

        _rig.Closed(CloseCode.HelloExpected);
    }

    [Fact]
    public void A_hello_that_does_not_come_in_time_is_the_end()
    {
        _rig.Machine.Due.ShouldBe(_rig.Now + 5000);
        _rig.Pass(TimeSpan.FromMilliseconds(4999));
        _rig.Goodbye.ShouldBeNull();

        _rig.Pass(TimeSpan.FromMilliseconds(1));

        _rig.Closed(CloseCode.HelloTimeout);
    }

    [Fact]
    public void Presence_in_a_hello_for_a_namespace_without_it_is_not_announced()
    {
        var plain = ChannelName.Parse("cursors:x");
        _rig.Come(new ClientFrame.Hello(1)
        {
            Session = _rig.Setup.ResumeTokens.Issue(new SessionId(33)),
            Subscriptions = [new SubscriptionRequest(plain) { Presence = ConnectionRig.Text("me") }],
        });
        _rig.SessionAnswers(new SessionReply.Attached(0, new Attachment(1, 2), null)
        {
            Subscriptions = [new SessionSubscription(plain, null, null)],
        });
        _rig.FeedJoins(plain);

        _rig.SessionWords.ShouldBeEmpty();
    }
}
