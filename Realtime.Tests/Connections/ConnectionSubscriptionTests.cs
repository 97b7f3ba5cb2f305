using System.Text.Json;
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

/// <summary>Subscribing and unsubscribing after the welcome.</summary>
public sealed class ConnectionSubscriptionTests
{
    private readonly ConnectionRig _rig = new();

    [Fact]
    public void A_subscribe_is_answered_before_anything_of_the_channel_may_come()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Subscribe(2, new SubscriptionRequest(ConnectionRig.Chat)
        {
            From = new StartFrom.Last(3), Presence = ConnectionRig.Text("me"),
        }));
        _rig.Joins.ShouldHaveSingleItem().From.ShouldBe(new StartFrom.Last(3));
        _rig.Begun.ShouldBeEmpty();

        _rig.FeedJoins(ConnectionRig.Chat);

        _rig.Take<ServerFrame.SubscribeReply>().Id.ShouldBe(2);
        _rig.Begun.ShouldBe([ConnectionRig.Chat]);
        _rig.SessionWords.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.PutSubscription>()
            .Subscription.ShouldBe(new SessionSubscription(ConnectionRig.Chat, ConnectionRig.Head, ConnectionRig.Text("me")));
    }

    [Fact]
    public void A_second_subscribe_tells_where_it_stands_and_replays_nothing()
    {
        _rig.Welcome();
        _rig.Subscribe(ConnectionRig.Chat);
        _rig.Come(new ClientFrame.Subscribe(3, new SubscriptionRequest(ConnectionRig.Chat) { From = StartFrom.Start }));

        _rig.Joins.ShouldBeEmpty();
        _rig.Step(new ConnectionInput.Described(
            _rig.Descriptions.ShouldHaveSingleItem().Tag, new SubscriptionInfo(ConnectionRig.Chat, ConnectionRig.Head,
                ConnectionRig.Head)));

        var reply = _rig.Take<ServerFrame.SubscribeReply>();
        (reply.Id, reply.Info.Already).ShouldBe((3, true));
    }

    [Fact]
    public void A_publish_waits_for_the_subscribe_before_it_so_that_a_client_receives_its_own_message()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Subscribe(2, new SubscriptionRequest(ConnectionRig.Chat)));
        _rig.Come(new ClientFrame.Publish(3, ConnectionRig.Chat, ConnectionRig.Text("one")));
        _rig.Come(new ClientFrame.Publish(4, ConnectionRig.Chat, ConnectionRig.Text("two")));
        _rig.Come(new ClientFrame.Publish(5, ChannelName.Parse("chat:other"), ConnectionRig.Text("elsewhere")));
        Published().ShouldBe(["elsewhere"]);

        _rig.FeedJoins(ConnectionRig.Chat);

        Published().ShouldBe(["elsewhere", "one", "two"]);
    }

    [Fact]
    public void A_publish_waits_for_a_subscribe_that_itself_waits_for_an_unsubscribe()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Subscribe(2, new SubscriptionRequest(ConnectionRig.Chat)));
        _rig.Come(new ClientFrame.Unsubscribe(3, ConnectionRig.Chat));
        _rig.Come(new ClientFrame.Subscribe(4, new SubscriptionRequest(ConnectionRig.Chat)));
        _rig.Come(new ClientFrame.Publish(5, ConnectionRig.Chat, ConnectionRig.Text("one")));
        _rig.FeedJoins(ConnectionRig.Chat);
        Published().ShouldBeEmpty();

        _rig.Step(new ConnectionInput.Left(ConnectionRig.Chat));
        Published().ShouldBeEmpty();
        _rig.FeedJoins(ConnectionRig.Chat);

        Published().ShouldBe(["one"]);
    }

    [Fact]
    public void A_publish_whose_subscribe_is_refused_goes_its_own_way()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Subscribe(2, new SubscriptionRequest(ConnectionRig.Chat)));
        _rig.Come(new ClientFrame.Publish(3, ConnectionRig.Chat, ConnectionRig.Text("one")));

        _rig.Step(new ConnectionInput.JoinRefused(
            ConnectionRig.Chat, new ChannelReply.Refused(0, ErrorCode.Unavailable, "the channel does not answer", 1000)));

        _rig.Refused(2, ErrorCode.Unavailable);
        Published().ShouldBe(["one"]);
    }

    [Fact]
    public void Publishes_that_wait_for_a_subscribe_count_as_unanswered()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Subscribe(2, new SubscriptionRequest(ConnectionRig.Chat)));
        for (var i = 0; i < _rig.Policy.Limits.InFlight; i++)
        {
            _rig.Come(new ClientFrame.Publish(10 + i, ConnectionRig.Chat, ConnectionRig.Text("x")));
        }

        _rig.Come(new ClientFrame.Publish(9, ConnectionRig.Chat, ConnectionRig.Text("one too many")));

        _rig.Refused(9, ErrorCode.TooMany);
        _rig.FeedJoins(ConnectionRig.Chat);
        Published().Count.ShouldBe(_rig.Policy.Limits.InFlight);
    }

    [Fact]
    public void A_connection_that_closes_answers_the_publishes_that_wait_for_a_subscribe()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Subscribe(2, new SubscriptionRequest(ConnectionRig.Chat)));
        _rig.Come(new ClientFrame.Publish(3, ConnectionRig.Chat, ConnectionRig.Text("one")));

        _rig.Step(new ConnectionInput.CloseRequested(CloseCode.Restart));
        _rig.Goodbye.ShouldBeNull();
        _rig.FeedJoins(ConnectionRig.Chat);

        Published().ShouldBe(["one"]);
    }

    [Theory]
    [InlineData("nowhere:x", ErrorCode.NotFound)]
    [InlineData("~server", ErrorCode.Forbidden)]
    [InlineData("members:x", ErrorCode.Forbidden)]
    [InlineData("@bob", ErrorCode.Forbidden)]
    [InlineData("$chat:vip", ErrorCode.Forbidden)]
    public void A_subscribe_without_right_is_refused(string channel, ErrorCode code)
    {
        _rig.Welcome(new ClientFrame.Hello(1) { Token = channel == "@bob" ? "ann" : null }, channel == "@bob" ? new UserId("ann") : null);

        _rig.Come(new ClientFrame.Subscribe(2, new SubscriptionRequest(ChannelName.Parse(channel))));

        _rig.Refused(2, code);
        _rig.Joins.ShouldBeEmpty();
    }

    [Fact]
    public void Presence_where_there_is_none_is_a_bad_request()
    {
        _rig.Welcome();

        var request = new SubscriptionRequest(ChannelName.Parse("cursors:x")) { Presence = ConnectionRig.Text("me") };
        _rig.Come(new ClientFrame.Subscribe(2, request));

        _rig.Refused(2, ErrorCode.BadRequest);
    }

    [Fact]
    public void An_unsubscribe_is_answered_when_nothing_more_comes_and_one_without_a_subscription_at_once()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Unsubscribe(2, ConnectionRig.Chat));
        _rig.Take<ServerFrame.Done>().Id.ShouldBe(2);
        _rig.Subscribe(ConnectionRig.Chat);
        _rig.Come(new ClientFrame.Unsubscribe(3, ConnectionRig.Chat));
        (_rig.Left.Count, _rig.Sent.Count).ShouldBe((1, 0));

        _rig.Step(new ConnectionInput.Left(ConnectionRig.Chat));

        _rig.Take<ServerFrame.Done>().Id.ShouldBe(3);
        _rig.SessionWords[^1].ShouldBeOfType<SessionRequest.RemoveSubscription>().Channel.ShouldBe(ConnectionRig.Chat);
        _rig.Withdrawn.ShouldBe([ConnectionRig.Chat]);
    }

    [Fact]
    public void Subscribe_unsubscribe_and_subscribe_in_one_breath_are_done_one_after_the_other()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Subscribe(2, new SubscriptionRequest(ConnectionRig.Chat)));
        _rig.Come(new ClientFrame.Unsubscribe(3, ConnectionRig.Chat));
        _rig.Come(new ClientFrame.Subscribe(4, new SubscriptionRequest(ConnectionRig.Chat)));

        _rig.FeedJoins(ConnectionRig.Chat);
        _rig.Take<ServerFrame.SubscribeReply>().Id.ShouldBe(2);
        _rig.Step(new ConnectionInput.Left(ConnectionRig.Chat));
        _rig.Take<ServerFrame.Done>().Id.ShouldBe(3);
        _rig.FeedJoins(ConnectionRig.Chat);
        _rig.Take<ServerFrame.SubscribeReply>().Id.ShouldBe(4);
    }

    [Fact]
    public void A_join_the_channel_refuses_leaves_no_subscription()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Subscribe(2, new SubscriptionRequest(ConnectionRig.Chat)));
        _rig.Step(new ConnectionInput.JoinRefused(ConnectionRig.Chat, new ChannelReply.Refused(0, ErrorCode.Unavailable, "not now", 1000)));

        _rig.Refused(2, ErrorCode.Unavailable);
        _rig.SessionWords.ShouldBeEmpty();
        _rig.Joins.Clear();
        _rig.Subscribe(ConnectionRig.Chat, 3);
    }

    private List<string> Published() =>
        [.. _rig.ChannelQuestions.OfType<ChannelRequest.Publish>().Select(publish => JsonSerializer.Deserialize<string>(publish.Payload.Bytes.Span)!)];
}
