using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;

namespace Realtime.Tests.Connections;

/// <summary>What a welcomed client may ask for, and what it is answered (protocol.md, the table of frames).</summary>
public sealed class ConnectionRequestTests
{
    private static readonly ProducerId Producer = ProducerOf("p-1");
    private readonly ConnectionRig _rig = new();

    [Fact]
    public void A_publish_carries_everything_to_the_channel_and_is_answered_with_its_position()
    {
        _rig.Welcome(new ClientFrame.Hello(1) { Producer = Producer, Token = "ann" }, new UserId("ann"));
        _rig.Come(new ClientFrame.Publish(2, ConnectionRig.Chat, ConnectionRig.Text("a"))
        {
            Sequence = 5, Echo = false, Tags = [KeyValuePair.Create("k", "v")],
        });

        var asked = _rig.ChannelQuestions[0].ShouldBeOfType<ChannelRequest.Publish>();
        (asked.From, asked.User, asked.Producer, asked.Sequence, asked.Echo, asked.Tags.Count)
            .ShouldBe((ConnectionRig.Fresh, new UserId("ann"), Producer, 5, false, 1));
        _rig.ChannelAnswers(new ChannelReply.Published(0, ConnectionRig.Head));
        _rig.Take<ServerFrame.PublishReply>().ShouldBe(new ServerFrame.PublishReply(2, ConnectionRig.Head));
    }

    [Fact]
    public void A_publish_that_wants_no_answer_gets_none()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Publish(0, ConnectionRig.Chat, ConnectionRig.Text("a")));

        _rig.ChannelAnswers(new ChannelReply.Published(0, ConnectionRig.Head));

        _rig.Sent.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("nowhere:x", ErrorCode.NotFound)]
    [InlineData("~server", ErrorCode.Forbidden)]
    [InlineData("news:x", ErrorCode.Forbidden)]
    [InlineData("members:x", ErrorCode.Forbidden)]
    [InlineData("club:x", ErrorCode.NotSubscribed)]
    [InlineData("$chat:vip", ErrorCode.Forbidden)]
    public void A_publish_without_right_is_refused(string channel, ErrorCode code)
    {
        _rig.Welcome();

        _rig.Come(new ClientFrame.Publish(2, ChannelName.Parse(channel), ConnectionRig.Text("a")));

        _rig.Refused(2, code).Outcome.ShouldBe(Outcome.None);
        _rig.ChannelQuestions.ShouldBeEmpty();
    }

    [Fact]
    public void A_subscriber_may_publish_where_only_subscribers_may()
    {
        var club = ChannelName.Parse("club:x");
        _rig.Welcome();
        _rig.Subscribe(club);

        _rig.Come(new ClientFrame.Publish(2, club, ConnectionRig.Text("a")));

        _rig.ChannelQuestions.Count.ShouldBe(1);
    }

    [Fact]
    public void A_payload_over_the_namespaces_limit_is_too_large_and_one_at_the_limit_is_not()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Publish(2, ConnectionRig.Chat, ConnectionRig.Text(new string('x', 99))));
        _rig.Refused(2, ErrorCode.TooLarge);

        _rig.Come(new ClientFrame.Publish(3, ConnectionRig.Chat, ConnectionRig.Text(new string('x', 98))));
        _rig.ChannelQuestions.Count.ShouldBe(1);
    }

    [Fact]
    public void A_sequence_number_needs_a_producer()
    {
        _rig.Welcome();

        _rig.Come(new ClientFrame.Publish(2, ConnectionRig.Chat, ConnectionRig.Text("a")) { Sequence = 1 });

        _rig.Refused(2, ErrorCode.BadRequest);
    }

    [Fact]
    public void A_refusal_of_the_channel_reaches_the_client_as_it_is()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Publish(2, ConnectionRig.Chat, ConnectionRig.Text("a")));

        _rig.ChannelAnswers(new ChannelReply.Refused(0, ErrorCode.StorageFull, "full", 30_000, Outcome.Unknown));

        _rig.Take<ServerFrame.Error>().ShouldBe(new ServerFrame.Error(2, ErrorCode.StorageFull, "full", 30_000, Outcome.Unknown));
    }

    [Fact]
    public void History_goes_to_the_channel_with_its_defaults_and_bounds()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.History(2, ConnectionRig.Chat));
        _rig.Come(new ClientFrame.History(3, ConnectionRig.Chat) { Reverse = true, Limit = 100_000 });

        _rig.ChannelQuestions.Cast<ChannelRequest.ReadHistory>().Select(read => (read.From, read.PageMessages, read.Reverse)).ShouldBe(
            [(StartFrom.Start, 100, false), (StartFrom.Live, 1000, true)]);
        _rig.ChannelAnswers(new ChannelReply.HistoryPage(0, [], ConnectionRig.Head, ConnectionRig.Head, false));
        var reply = _rig.Take<ServerFrame.HistoryReply>();
        (reply.Id, reply.Channel, reply.Position).ShouldBe((2, ConnectionRig.Chat, ConnectionRig.Head));
    }

    [Fact]
    public void What_a_namespace_does_not_have_is_not_found()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.History(2, ChannelName.Parse("cursors:x")));
        _rig.Refused(2, ErrorCode.NotFound);
        _rig.Come(new ClientFrame.Presence(3, ChannelName.Parse("cursors:x")));
        _rig.Refused(3, ErrorCode.NotFound);
        _rig.Come(new ClientFrame.Call(4, "method", null, null));
        _rig.Refused(4, ErrorCode.NotFound);
        _rig.Come(new ClientFrame.History(5, ChannelName.Parse("members:x")));
        _rig.Refused(5, ErrorCode.Forbidden);
    }

    [Fact]
    public void Presence_is_asked_of_the_channel()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Presence(2, ConnectionRig.Chat));

        _rig.ChannelAnswers(new ChannelReply.RosterPage(0, new PresenceSnapshot(null, 700, 9)));

        var reply = _rig.Take<ServerFrame.PresenceReply>();
        (reply.Id, reply.Presence.Members, reply.Presence.Count, reply.Presence.Revision).ShouldBe((2, null, 700, 9));
    }

    [Fact]
    public void An_update_needs_a_subscription_with_presence()
    {
        var plain = ChannelName.Parse("cursors:x");
        _rig.Welcome();
        _rig.Come(new ClientFrame.Update(2, ConnectionRig.Chat, ConnectionRig.Text("x")));
        _rig.Refused(2, ErrorCode.NotSubscribed);
        _rig.Subscribe(plain);
        _rig.Come(new ClientFrame.Update(3, plain, ConnectionRig.Text("x")));
        _rig.Refused(3, ErrorCode.NotFound);
        _rig.Subscribe(ConnectionRig.Chat);
        _rig.SessionWords.Clear();

        _rig.Come(new ClientFrame.Update(4, ConnectionRig.Chat, ConnectionRig.Text("x")));

        _rig.Take<ServerFrame.Done>().Id.ShouldBe(4);
        _rig.SessionWords.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.PutSubscription>().Subscription.Presence
            .ShouldBe(ConnectionRig.Text("x"));
        _rig.Shown.ShouldHaveSingleItem().Member.ShouldBe(
            new Member(ConnectionRig.Fresh, null, ConnectionRig.Text("x")));
    }

    [Fact]
    public void State_and_its_refusal_come_from_the_session()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Set(2, "k", ConnectionRig.Text("v")));
        _rig.Come(new ClientFrame.Set(3, "k", null));
        var set = _rig.SessionQuestions[0].ShouldBeOfType<SessionRequest.SetState>();
        (set.Key, set.Value).ShouldBe(("k", ConnectionRig.Text("v")));

        _rig.SessionAnswers(new SessionReply.Done(0));
        _rig.Take<ServerFrame.Done>().Id.ShouldBe(2);
        _rig.SessionAnswers(new SessionReply.Refused(0, ErrorCode.TooMany, "too many keys"));
        _rig.Refused(3, ErrorCode.TooMany);
    }

    [Fact]
    public void A_refresh_is_judged_here_and_answered_when_the_session_has_it()
    {
        _rig.Welcome(new ClientFrame.Hello(1) { Token = "ann" }, new UserId("ann"));
        _rig.Come(new ClientFrame.Refresh(2, "ann", null));
        _rig.SessionQuestions[0].ShouldBeOfType<SessionRequest.Refresh>().Identity.User.ShouldBe(new UserId("ann"));
        _rig.SessionAnswers(new SessionReply.Done(0));
        _rig.Take<ServerFrame.RefreshReply>().ShouldBe(new ServerFrame.RefreshReply(2, null));

        _rig.Come(new ClientFrame.Refresh(3, "eve", null));
        _rig.Refused(3, ErrorCode.Forbidden);
        _rig.Come(new ClientFrame.Refresh(4, "forged", null));
        _rig.Refused(4, ErrorCode.Unauthorized);
        _rig.Come(new ClientFrame.Refresh(5, "old", null));
        _rig.Refused(5, ErrorCode.TokenExpired);
        _rig.Come(new ClientFrame.Refresh(6, "90000", ConnectionRig.Chat));
        _rig.Refused(6, ErrorCode.NotSubscribed);
        _rig.Subscribe(ConnectionRig.Chat);
        _rig.Come(new ClientFrame.Refresh(7, "90000", ConnectionRig.Chat));
        _rig.Refused(7, ErrorCode.BadRequest);
    }

    [Fact]
    public void Acknowledgements_go_to_the_session_without_an_answer()
    {
        _rig.Welcome();
        ChannelPosition[] positions = [new(ConnectionRig.Chat, ConnectionRig.Head)];

        _rig.Come(new ClientFrame.Ack(positions));
        _rig.Come(new ClientFrame.Pong(positions));
        _rig.Come(new ClientFrame.Pong([]));

        _rig.SessionWords.Cast<SessionRequest.Acknowledge>().Select(ack => ack.Positions).ShouldBe([positions, positions]);
        _rig.Sent.ShouldBeEmpty();
    }

    [Fact]
    public void A_frame_that_cannot_be_read_is_answered_and_the_connection_lives_on()
    {
        _rig.Welcome();

        _rig.Come(new ClientFrame.Malformed(2, ErrorCode.UnknownType, "no frame has this type"));

        _rig.Refused(2, ErrorCode.UnknownType);
        _rig.Goodbye.ShouldBeNull();
    }

    [Fact]
    public void Subscriptions_requests_and_publishes_without_an_answer_are_bounded()
    {
        var rig = new ConnectionRig(new ConnectionPolicy { OpenRequests = 3, Limits = new SessionLimits(100, 200, 1, 2, 600) });
        rig.Welcome();
        rig.Subscribe(ConnectionRig.Chat);
        rig.Come(new ClientFrame.Subscribe(2, new SubscriptionRequest(ChannelName.Parse("chat:other"))));
        rig.Refused(2, ErrorCode.TooMany);

        rig.Come(new ClientFrame.Publish(3, ConnectionRig.Chat, ConnectionRig.Text("a")));
        rig.Come(new ClientFrame.Publish(4, ConnectionRig.Chat, ConnectionRig.Text("b")));
        rig.Come(new ClientFrame.Publish(5, ConnectionRig.Chat, ConnectionRig.Text("c")));
        rig.Refused(5, ErrorCode.TooMany);
        rig.Come(new ClientFrame.Set(6, "k", null));
        rig.Come(new ClientFrame.Set(7, "k", null));
        rig.Refused(7, ErrorCode.TooMany);

        rig.ChannelAnswers(new ChannelReply.Published(0, null));
        rig.Take<ServerFrame.PublishReply>();
        rig.Come(new ClientFrame.Publish(8, ConnectionRig.Chat, ConnectionRig.Text("d")));
        rig.Sent.ShouldBeEmpty();
    }

    [Fact]
    public void Frames_over_the_rate_are_refused_with_the_time_to_wait_and_going_on_is_a_flood()
    {
        var rig = new ConnectionRig(new ConnectionPolicy { RequestRate = 10, RequestBurst = 3, OpenRequests = 5000 });
        rig.Welcome();
        rig.Come(new ClientFrame.Set(2, "k", null));
        rig.Come(new ClientFrame.Set(3, "k", null));
        rig.Come(new ClientFrame.Set(4, "k", null));
        rig.Refused(4, ErrorCode.RateLimited).RetryAfter.ShouldBe(100);

        rig.Now += 100;
        rig.Come(new ClientFrame.Set(5, "k", null));
        rig.Sent.ShouldBeEmpty();
        var refused = 0;
        while (rig.Goodbye is null)
        {
            rig.Come(new ClientFrame.Set(6 + refused++, "k", null));
        }

        // A tenth of a second gave back a tenth of the refusals of a second, of which one was used; the last one closes.
        refused.ShouldBe(ConnectionQuota.FloodAfter + 1);
        rig.Closed(CloseCode.Flood);
    }

    private static ProducerId ProducerOf(string text)
    {
        ProducerId.TryParse(text, out var id).ShouldBeTrue();
        return id;
    }
}
