using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;

namespace Realtime.Tests.Connections;

/// <summary>What a connection asks of the ledger of sessions without a token, and what becomes of a request that it refuses.</summary>
public sealed class AnonymousRequestTests
{
    private static readonly Payload Hundred = ConnectionRig.Text(new string('x', 98));
    private static readonly Payload Small = ConnectionRig.Text("x");

    private readonly AnonymousLedger _ledger = new(new AnonymousPolicy { Bytes = 250, Rate = 1_000_000 });
    private readonly ConnectionRig _rig;

    public AnonymousRequestTests() => _rig = new ConnectionRig(anonymous: _ledger);

    private long Held => _ledger.BytesOf(default);

    [Fact]
    public void A_set_beyond_the_bound_is_refused_and_the_session_does_not_hear_of_it()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Set(2, "a", Hundred));
        _rig.Come(new ClientFrame.Set(3, "b", Hundred));
        _rig.SessionQuestions.Count.ShouldBe(2);
        Held.ShouldBe(202);

        _rig.Come(new ClientFrame.Set(4, "c", Hundred));
        _rig.Refused(4, ErrorCode.TooMany).Text
            .ShouldBe("sessions without a token keep at most 250 bytes of state and presence per address");
        _rig.SessionQuestions.Count.ShouldBe(2);
        Held.ShouldBe(202);

        // The same key again is no growth, and a removal makes room once it is written.
        _rig.Come(new ClientFrame.Set(5, "a", Hundred));
        _rig.Come(new ClientFrame.Set(6, "b", null));
        _rig.SessionQuestions.Count.ShouldBe(4);
        Answer(4);
        Held.ShouldBe(101);
        _rig.Come(new ClientFrame.Set(7, "c", Hundred));
        _rig.SessionQuestions.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_set_that_the_session_refuses_is_not_counted_and_one_without_an_answer_is()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Set(2, "a", Hundred));
        _rig.SessionAnswers(new SessionReply.Refused(0, ErrorCode.StorageFull, "no"));
        _rig.Refused(2, ErrorCode.StorageFull);
        Held.ShouldBe(0);

        _rig.Come(new ClientFrame.Set(3, "a", Hundred));
        _rig.Pass(TimeSpan.FromMilliseconds(ConnectionMachine.RequestTimeout + 1));
        _rig.Refused(3, ErrorCode.Timeout);
        Held.ShouldBe(101);
    }

    [Fact]
    public void Writing_too_fast_is_refused_with_the_time_to_wait()
    {
        var rig = new ConnectionRig(anonymous: new AnonymousLedger(new AnonymousPolicy { Bytes = 1_000, Rate = 50 }));
        rig.Welcome();
        rig.Come(new ClientFrame.Set(2, "a", Hundred));
        rig.SessionAnswers(new SessionReply.Done(0));
        rig.Take<ServerFrame.Done>();

        rig.Come(new ClientFrame.Set(3, "a", Small));

        rig.Refused(3, ErrorCode.RateLimited).RetryAfter.ShouldBe(40);
        rig.SessionQuestions.ShouldBeEmpty();
        rig.Now += 40;
        rig.Come(new ClientFrame.Set(4, "a", Small));
        rig.SessionQuestions.ShouldHaveSingleItem();
    }

    [Fact]
    public void Presence_beyond_the_bound_is_refused_in_subscribe_and_update_and_what_was_shown_stays()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Set(2, "a", Hundred));
        _rig.Come(new ClientFrame.Subscribe(3, new SubscriptionRequest(ConnectionRig.Chat) { Presence = Hundred }));
        _rig.FeedJoins(ConnectionRig.Chat);
        _rig.Take<ServerFrame.SubscribeReply>();
        _rig.SessionWords.Clear();
        Held.ShouldBe(201);

        var other = ChannelName.Parse("chat:other");
        _rig.Joins.Clear();
        _rig.Come(new ClientFrame.Subscribe(4, new SubscriptionRequest(other) { Presence = Hundred }));
        _rig.Refused(4, ErrorCode.TooMany);
        _rig.Joins.ShouldBeEmpty();

        var larger = ConnectionRig.Text(new string('x', 150));
        _rig.Come(new ClientFrame.Update(5, ConnectionRig.Chat, larger));
        _rig.Refused(5, ErrorCode.TooMany);
        _rig.Come(new ClientFrame.Subscribe(6, new SubscriptionRequest(ConnectionRig.Chat) { Presence = larger }));
        _rig.Refused(6, ErrorCode.TooMany);
        _rig.SessionWords.ShouldBeEmpty();
        _rig.Descriptions.ShouldBeEmpty();
        Held.ShouldBe(201);

        _rig.Come(new ClientFrame.Update(7, ConnectionRig.Chat, Small));
        _rig.Take<ServerFrame.Done>();
        Held.ShouldBe(104);
        _rig.Come(new ClientFrame.Unsubscribe(8, ConnectionRig.Chat));
        _rig.Step(new ConnectionInput.Left(ConnectionRig.Chat));
        Held.ShouldBe(101);
    }

    [Fact]
    public void A_subscription_without_presence_is_never_refused_for_what_others_keep()
    {
        var neighbour = _ledger.Enter(default, new SessionId(99), 10_000, _rig.Now);
        _rig.Welcome();

        _rig.Subscribe(ConnectionRig.Chat);

        _ledger.BytesOf(default).ShouldBe(neighbour.Bytes);
    }

    [Fact]
    public void A_hello_is_told_which_subscription_has_no_room_for_its_presence()
    {
        _ledger.Enter(default, new SessionId(99), 200, _rig.Now);
        var other = ChannelName.Parse("chat:other");
        _rig.Come(new ClientFrame.Hello(1)
        {
            Subscriptions = [new SubscriptionRequest(ConnectionRig.Chat) { Presence = Hundred },
                new SubscriptionRequest(other) { Presence = Small }],
        });
        _rig.SessionAnswers(new SessionReply.Attached(0, new Attachment(1, 4), null));
        _rig.Joins.ShouldHaveSingleItem().Channel.ShouldBe(other);
        _rig.FeedJoins(other);

        _rig.Sent.Count.ShouldBe(3);
        _rig.Sent[0].ShouldBeOfType<ServerFrame.Welcome>().Subscriptions.ShouldHaveSingleItem().Channel.ShouldBe(other);
        var gone = _rig.Sent[1].ShouldBeOfType<ServerFrame.Unsubscribed>();
        (gone.Channel, gone.Reason).ShouldBe((ConnectionRig.Chat, "too_many"));
        _rig.Sent[2].ShouldBeOfType<ServerFrame.Error>().ShouldSatisfyAllConditions(
            error => (error.Id, error.Code).ShouldBe((0, ErrorCode.TooMany)), error => error.Text.ShouldContain("per address"));
    }

    [Fact]
    public void A_resumed_session_is_counted_as_it_is_and_is_not_turned_away_for_it()
    {
        _ledger.Enter(default, new SessionId(99), 200, _rig.Now);
        Resume(null);

        Held.ShouldBe(200 + 101 + 100);
        _rig.Sent.ShouldContain(frame => frame is ServerFrame.Welcome);
        _rig.Sent.Clear();
        _rig.Come(new ClientFrame.Set(2, "b", Small));
        _rig.Refused(2, ErrorCode.TooMany);
    }

    [Fact]
    public void A_user_is_not_counted()
    {
        Resume(new UserId("alice"));
        _rig.Sent.Clear();
        for (var id = 2; id < 10; id++)
        {
            _rig.Come(new ClientFrame.Set(id, $"key{id}", Hundred));
            _rig.Come(new ClientFrame.Update(20 + id, ConnectionRig.Chat, Hundred));
        }

        _rig.Sent.ShouldAllBe(frame => frame is ServerFrame.Done);
        (Held, _ledger.Sessions).ShouldBe((0, 0));
    }

    [Fact]
    public void What_a_lost_connection_leaves_counts_on_and_a_bye_ends_it()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Set(2, "a", Hundred));
        Answer(1);
        _rig.Step(new ConnectionInput.LinkClosed(false));
        Held.ShouldBe(101);

        var rig = new ConnectionRig(anonymous: _ledger);
        rig.Welcome();
        rig.Come(new ClientFrame.Bye(3));
        rig.Machine.End(new Moment(rig.Now, default));
        Held.ShouldBe(101, "it held nothing");

        var back = new ConnectionRig(anonymous: _ledger);
        back.Welcome();
        back.Come(new ClientFrame.Set(2, "a", Small));
        back.Come(new ClientFrame.Bye(3));
        back.Machine.End(new Moment(back.Now, default));
        Held.ShouldBe(0);
    }

    [Fact]
    public void A_bye_that_was_refused_ends_nothing()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Set(2, "a", Hundred));
        Answer(1);
        _rig.Come(new ClientFrame.Bye(3));
        _rig.SessionAnswers(new SessionReply.Refused(0, ErrorCode.Unavailable, "no"));
        _rig.Machine.End(new Moment(_rig.Now, default));

        Held.ShouldBe(101);
    }

    private void Resume(UserId? user)
    {
        _rig.Come(new ClientFrame.Hello(1) { Session = _rig.Setup.ResumeTokens.Issue(new SessionId(33)) });
        _rig.SessionAnswers(new SessionReply.Attached(0, new Attachment(1, 2), user is { } named ? new SessionIdentity(named, null) : null)
        {
            State = [KeyValuePair.Create("a", Hundred)],
            Subscriptions = [new SessionSubscription(ConnectionRig.Chat, ConnectionRig.Head, Hundred)],
        });
        while (_rig.Joins.Count > 0)
        {
            var channel = _rig.Joins[0].Channel;
            _rig.Joins.RemoveAt(0);
            _rig.FeedJoins(channel);
        }
    }

    private void Answer(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _rig.SessionAnswers(new SessionReply.Done(0));
            _rig.Take<ServerFrame.Done>();
        }
    }
}
