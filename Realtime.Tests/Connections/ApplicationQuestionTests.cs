using Realtime.Messages.Entities;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Node.Connections.Core;

namespace Realtime.Tests.Connections;

/// <summary>What a connection does while the application decides. It is asked about everything here, and answers when the test says so.</summary>
public sealed class ApplicationQuestionTests
{
    private static readonly Verdict.Refused No = new(ErrorCode.Forbidden, "not today");
    private readonly Curious _application = new();
    private readonly ConnectionRig _rig;

    public ApplicationQuestionTests() => _rig = new ConnectionRig(application: _application);

    [Fact]
    public void A_publish_waits_for_the_verdict_and_then_goes_to_its_channel()
    {
        Welcome();
        Publish(2, "a");
        _rig.ChannelQuestions.ShouldBeEmpty();

        _rig.Decide(Verdict.Yes);

        _rig.ChannelQuestions.ShouldHaveSingleItem().ShouldBeOfType<ChannelRequest.Publish>().Payload.ShouldBe(ConnectionRig.Text("a"));
    }

    [Fact]
    public void A_publish_that_the_application_changes_is_published_changed()
    {
        Welcome();
        Publish(2, "a");

        _rig.Decide(new Verdict.Allowed { Payload = ConnectionRig.Text("b") });

        _rig.ChannelQuestions.ShouldHaveSingleItem().ShouldBeOfType<ChannelRequest.Publish>().Payload.ShouldBe(ConnectionRig.Text("b"));
    }

    [Fact]
    public void A_publish_that_the_application_makes_too_large_is_not_published()
    {
        Welcome();
        Publish(2, "a");

        _rig.Decide(new Verdict.Allowed { Payload = ConnectionRig.Text(new string('x', 200)) });

        _rig.Refused(2, ErrorCode.Internal);
        _rig.ChannelQuestions.ShouldBeEmpty();
    }

    [Fact]
    public void A_publish_that_the_application_refuses_is_answered_with_its_words_and_the_next_one_has_its_turn()
    {
        Welcome();
        Publish(2, "a");
        Publish(3, "b");

        _rig.Decide(No);

        _rig.Refused(2, ErrorCode.Forbidden).Text.ShouldBe("not today");
        _rig.Questions.ShouldHaveSingleItem().Question.ShouldBeOfType<Question.Publish>().Payload.ShouldBe(ConnectionRig.Text("b"));
    }

    [Fact]
    public void Publishes_on_one_channel_are_asked_about_one_after_the_other_and_those_on_another_beside_them()
    {
        Welcome();
        Publish(2, "a");
        Publish(3, "b");
        Publish(4, "c", "chat:other");

        _rig.Questions.Select(ask => Text(ask.Question)).ShouldBe(["\"a\"", "\"c\""]);
        _rig.Decide(Verdict.Yes);
        _rig.Questions.Select(ask => Text(ask.Question)).ShouldBe(["\"c\"", "\"b\""]);
    }

    [Fact]
    public void A_publish_does_not_overtake_one_that_is_being_decided_when_the_application_has_lost_its_interest()
    {
        Welcome();
        Publish(2, "a");
        _application.Decides = false;
        Publish(3, "b");
        _rig.ChannelQuestions.ShouldBeEmpty();

        _rig.Decide(Verdict.Yes);
        _rig.Decide(Verdict.Yes);

        _rig.ChannelQuestions.Select(asked => ((ChannelRequest.Publish)asked).Payload).ShouldBe([ConnectionRig.Text("a"), ConnectionRig.Text("b")]);
    }

    [Fact]
    public void Publishes_that_wait_for_a_verdict_count_against_the_limit()
    {
        Welcome();
        var most = _rig.Policy.Limits.InFlight;
        for (var id = 2; id < most + 2; id++)
        {
            Publish(id, "a");
        }

        Publish(1_000, "one too many");

        _rig.Refused(1_000, ErrorCode.TooMany);
    }

    [Fact]
    public void A_subscription_waits_for_the_verdict_and_what_comes_for_its_channel_waits_with_it()
    {
        Welcome();
        Subscribe(2);
        _rig.Come(new ClientFrame.Unsubscribe(3, ConnectionRig.Chat));
        _rig.Joins.ShouldBeEmpty();

        _rig.Decide(Verdict.Yes);

        _rig.Joins.ShouldHaveSingleItem().Channel.ShouldBe(ConnectionRig.Chat);
    }

    [Fact]
    public void A_subscription_that_the_application_refuses_is_none_and_what_waited_for_it_is_handled()
    {
        Welcome();
        Subscribe(2);
        _rig.Come(new ClientFrame.Unsubscribe(3, ConnectionRig.Chat));

        _rig.Decide(No);

        _rig.Sent.OfType<ServerFrame.Error>().ShouldHaveSingleItem().Code.ShouldBe(ErrorCode.Forbidden);
        _rig.Sent.OfType<ServerFrame.Done>().ShouldHaveSingleItem().Id.ShouldBe(3);
        _rig.Joins.ShouldBeEmpty();
    }

    [Fact]
    public void A_connection_that_closes_meanwhile_joins_nothing_any_more()
    {
        Welcome();
        Subscribe(2);
        _rig.Step(new ConnectionInput.LinkClosed());

        _rig.Decide(Verdict.Yes);

        _rig.Joins.ShouldBeEmpty();
    }

    [Fact]
    public void A_call_is_answered_with_what_the_application_says()
    {
        Welcome();
        _rig.Come(new ClientFrame.Call(2, "add", ConnectionRig.Text("1"), 7));

        var asked = _rig.Questions.ShouldHaveSingleItem().Question.ShouldBeOfType<Question.Call>();
        (asked.Method, asked.Producer, asked.Sequence).ShouldBe(("add", ConnectionRig.Producer(), 7L));
        _rig.Decide(new Verdict.Answered(ConnectionRig.Text("2")));

        _rig.Take<ServerFrame.CallReply>().ShouldBe(new ServerFrame.CallReply(2, ConnectionRig.Text("2")));
    }

    [Fact]
    public void A_call_without_a_number_has_no_producer_so_it_is_not_stored()
    {
        Welcome();
        _rig.Come(new ClientFrame.Call(2, "add", null, null));

        _rig.Questions.ShouldHaveSingleItem().Question.ShouldBeOfType<Question.Call>().Producer.ShouldBeNull();
    }

    [Fact]
    public void A_method_without_a_handler_does_not_exist()
    {
        Welcome();
        _rig.Come(new ClientFrame.Call(2, "unknown", null, null));

        _rig.Refused(2, ErrorCode.NotFound);
        _rig.Questions.ShouldBeEmpty();
    }

    [Fact]
    public void A_call_that_is_not_answered_in_time_has_an_unknown_outcome()
    {
        Welcome();
        _rig.Come(new ClientFrame.Call(2, "add", null, null));

        _rig.Pass(ConnectionMachine.RequestTimeout + 1);

        _rig.Refused(2, ErrorCode.Timeout).Outcome.ShouldBe(Outcome.Unknown);
    }

    [Fact]
    public void A_verdict_that_comes_after_its_time_changes_nothing()
    {
        Welcome();
        Publish(2, "a");
        _rig.Pass(ConnectionMachine.RequestTimeout + 1);
        _rig.Refused(2, ErrorCode.Timeout);

        _rig.Decide(Verdict.Yes);

        _rig.ChannelQuestions.ShouldBeEmpty();
    }

    [Fact]
    public void A_connection_that_closes_waits_for_the_calls_that_it_has_accepted()
    {
        Welcome();
        _rig.Come(new ClientFrame.Call(2, "add", null, null));
        _rig.Step(new ConnectionInput.CloseRequested(CloseCode.Restart));
        _rig.Goodbye.ShouldBeNull();

        _rig.Decide(new Verdict.Answered(null));

        _rig.Take<ServerFrame.CallReply>().Id.ShouldBe(2);
        _rig.Goodbye.ShouldNotBeNull();
    }

    [Fact]
    public void A_hello_is_asked_about_before_the_session_hears_of_it()
    {
        _application.DecidesConnects = true;
        _rig.Come(new ClientFrame.Hello(1) { ClientName = "app", Data = ConnectionRig.Text("secret") });
        _rig.SessionQuestions.ShouldBeEmpty();

        var asked = _rig.Questions.ShouldHaveSingleItem().Question.ShouldBeOfType<Question.Connect>();
        (asked.ClientName, asked.Data).ShouldBe(("app", ConnectionRig.Text("secret")));
        _rig.Decide(new Verdict.Allowed { Identity = new SessionIdentity(new UserId("ann"), null) });

        _rig.SessionQuestions.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.Attach>().Identity!.User.ShouldBe(new UserId("ann"));
    }

    [Theory]
    [InlineData(ErrorCode.Forbidden, CloseCode.Unauthorized)]
    [InlineData(ErrorCode.Unauthorized, CloseCode.Unauthorized)]
    [InlineData(ErrorCode.TokenExpired, CloseCode.TokenExpired)]
    [InlineData(ErrorCode.Unavailable, CloseCode.SessionUnavailable)]
    [InlineData(ErrorCode.Internal, CloseCode.SessionUnavailable)]
    public void A_hello_that_the_application_refuses_ends_the_connection_as_its_reason_says(ErrorCode code, CloseCode close)
    {
        _application.DecidesConnects = true;
        _rig.Come(new ClientFrame.Hello(1));

        _rig.Decide(new Verdict.Refused(code, "no"));

        _rig.Refused(1, code);
        _rig.Goodbye!.Code.ShouldBe(close);
        _rig.SessionQuestions.ShouldBeEmpty();
    }

    [Fact]
    public void An_application_that_does_not_decide_about_a_hello_in_time_keeps_the_client_out_for_now()
    {
        _application.DecidesConnects = true;
        _rig.Come(new ClientFrame.Hello(1));

        _rig.Pass(ConnectionMachine.RequestTimeout + 1);

        _rig.Goodbye!.Code.ShouldBe(CloseCode.SessionUnavailable);
    }

    [Fact]
    public void A_welcome_waits_for_the_verdicts_about_its_subscriptions_and_leaves_out_what_is_refused()
    {
        _rig.Come(new ClientFrame.Hello(1)
        {
            Subscriptions = [new SubscriptionRequest(ConnectionRig.Chat), new SubscriptionRequest(ChannelName.Parse("chat:other"))],
        });
        _rig.SessionAnswers(new SessionReply.Attached(0, ConnectionRig.Attachment, null));
        _rig.Decide(No);
        _rig.Decide(Verdict.Yes);
        _rig.FeedJoins(_rig.Joins.ShouldHaveSingleItem().Channel);

        _rig.Sent.OfType<ServerFrame.Welcome>().ShouldHaveSingleItem().Subscriptions.ShouldHaveSingleItem().Channel.Value.ShouldBe("chat:other");
        _rig.Sent.OfType<ServerFrame.Unsubscribed>().ShouldHaveSingleItem().ShouldBe(new ServerFrame.Unsubscribed(ConnectionRig.Chat, null, "forbidden"));
    }

    [Fact]
    public void A_stored_subscription_that_the_application_refuses_is_taken_from_the_session_and_one_that_it_cannot_decide_now_is_not()
    {
        _rig.Come(new ClientFrame.Hello(1) { Session = _rig.Setup.ResumeTokens.Issue(ConnectionRig.Fresh) });
        _rig.SessionAnswers(new SessionReply.Attached(0, ConnectionRig.Attachment, null)
        {
            Subscriptions =
            [
                new SessionSubscription(ConnectionRig.Chat, ConnectionRig.Head, null, false),
                new SessionSubscription(ChannelName.Parse("chat:other"), ConnectionRig.Head, null, false),
            ],
        });

        _rig.Decide(No);
        _rig.Decide(new Verdict.Refused(ErrorCode.Unavailable, "down", 1000));

        _rig.Sent.OfType<ServerFrame.Welcome>().ShouldHaveSingleItem().Subscriptions.ShouldBeEmpty();
        _rig.SessionWords.OfType<SessionRequest.RemoveSubscription>().ShouldHaveSingleItem().Channel.ShouldBe(ConnectionRig.Chat);
    }

    private static string Text(Question question) => System.Text.Encoding.UTF8.GetString(((Question.Publish)question).Payload.Bytes.Span);

    private void Welcome() => _rig.Welcome(new ClientFrame.Hello(1) { Producer = ConnectionRig.Producer() });

    private void Publish(long id, string text, string channel = "chat:room") =>
        _rig.Come(new ClientFrame.Publish(id, ChannelName.Parse(channel), ConnectionRig.Text(text)));

    private void Subscribe(long id) => _rig.Come(new ClientFrame.Subscribe(id, new SubscriptionRequest(ConnectionRig.Chat)));

    private sealed class Curious : IApplicationInterest
    {
        public bool DecidesConnects { get; set; }

        public bool Decides { get; set; } = true;

        public bool DecidesSubscribe(ChannelName channel) => Decides;

        public bool DecidesPublish(ChannelName channel) => Decides;

        public bool Handles(string method) => method == "add";
    }
}
