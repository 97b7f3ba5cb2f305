using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Connections;

/// <summary>Subscriptions that the application makes and ends while the client is connected.</summary>
public sealed class ServerSubscriptionTests
{
    private static readonly ChannelName Shut = ChannelName.Parse("shut:1");
    private static readonly ChannelName Own = ServerLogs.Channel(ServerLogs.Session, ConnectionRig.Fresh.ToString());
    private readonly ConnectionRig _rig = new(new ConnectionPolicy());

    [Theory]
    [InlineData("shut:1")]
    [InlineData("$chat:vip")]
    [InlineData("lobby")]
    public void The_connection_joins_and_the_client_is_told(string name)
    {
        var channel = ChannelName.Parse(name);
        _rig.Welcome();

        Make(channel, at: new StreamPosition(new Epoch(5), 7));
        _rig.Joins.ShouldHaveSingleItem().From.ShouldBe(new StartFrom.At(new StreamPosition(new Epoch(5), 7)));
        _rig.Sent.ShouldBeEmpty();
        _rig.FeedJoins(channel);

        _rig.Take<ServerFrame.Subscribed>().ShouldBe(new ServerFrame.Subscribed(channel, ConnectionRig.Head, ConnectionRig.Head, "a game"));
        _rig.Begun.ShouldBe([channel]);
        var put = _rig.SessionWords.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.PutSubscription>().Subscription;
        (put.Channel, put.ByServer).ShouldBe((channel, true));
    }

    [Fact]
    public void Without_a_position_it_begins_live()
    {
        _rig.Welcome();
        Make(Own);
        _rig.Joins.ShouldHaveSingleItem().From.ShouldBe(StartFrom.Live);
    }

    [Fact]
    public void Told_again_it_confirms_again_and_says_nothing_to_the_client()
    {
        _rig.Welcome();
        Make(Shut);
        Make(Shut);
        _rig.Joins.ShouldHaveSingleItem();
        _rig.FeedJoins(Shut);
        _rig.Take<ServerFrame.Subscribed>();
        _rig.SessionHasAll();

        Make(Shut);

        _rig.Sent.ShouldBeEmpty();
        _rig.SessionWords.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.PutSubscription>();
    }

    [Fact]
    public void A_subscription_of_the_client_becomes_the_applications()
    {
        _rig.Welcome();
        _rig.Subscribe(ConnectionRig.Chat);
        _rig.SessionHasAll();

        Make(ConnectionRig.Chat);

        _rig.Sent.ShouldBeEmpty();
        _rig.SessionWords.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.PutSubscription>().Subscription.ByServer.ShouldBeTrue();
    }

    [Fact]
    public void What_does_not_exist_is_left_out_and_the_session_is_told()
    {
        _rig.Welcome();
        Make(ChannelName.Parse("nowhere:1"));

        _rig.Joins.ShouldBeEmpty();
        _rig.SessionWords.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.RemoveSubscription>();
    }

    [Fact]
    public void A_channel_that_cannot_be_joined_now_is_tried_again_when_the_session_says_so_again()
    {
        _rig.Welcome();
        Make(Shut);
        _rig.Step(new ConnectionInput.JoinRefused(Shut, new ChannelReply.Refused(0, ErrorCode.Unavailable, "not now")));

        _rig.Sent.ShouldBeEmpty();
        _rig.SessionWords.ShouldBeEmpty("the session is to say it again");
        Make(Shut);
        _rig.Joins.Count.ShouldBe(2);
    }

    [Fact]
    public void What_the_application_ends_is_left_and_then_the_client_is_told()
    {
        _rig.Welcome();
        _rig.Subscribe(ConnectionRig.Chat);
        _rig.SessionHasAll();

        _rig.Step(new ConnectionInput.UnsubscribedByServer(ConnectionRig.Chat, null));
        _rig.Step(new ConnectionInput.UnsubscribedByServer(ConnectionRig.Chat, null));
        _rig.Left.ShouldBe([ConnectionRig.Chat]);
        _rig.SessionWords.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.RemoveSubscription>();
        _rig.Sent.ShouldBeEmpty();
        _rig.Step(new ConnectionInput.Left(ConnectionRig.Chat));

        _rig.Take<ServerFrame.Unsubscribed>().ShouldBe(new ServerFrame.Unsubscribed(ConnectionRig.Chat, null, null));
        _rig.SessionHasAll();
        _rig.Step(new ConnectionInput.UnsubscribedByServer(ConnectionRig.Chat, null));
        _rig.SessionWords.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.RemoveSubscription>("it may not have come");
    }

    [Fact]
    public void A_client_that_is_leaving_gets_its_own_answer()
    {
        _rig.Welcome();
        _rig.Subscribe(ConnectionRig.Chat);
        _rig.Come(new ClientFrame.Unsubscribe(9, ConnectionRig.Chat));

        _rig.Step(new ConnectionInput.UnsubscribedByServer(ConnectionRig.Chat, "enough"));
        _rig.Step(new ConnectionInput.Left(ConnectionRig.Chat));

        _rig.Take<ServerFrame.Done>().Id.ShouldBe(9);
    }

    [Fact]
    public void A_refresh_does_not_take_away_what_the_application_has_made()
    {
        _rig.Welcome(new ClientFrame.Hello(1) { Token = "ann" }, new UserId("ann"));
        Make(Shut);
        _rig.FeedJoins(Shut);
        _rig.Take<ServerFrame.Subscribed>();

        _rig.Come(new ClientFrame.Refresh(3, "ann", null));

        _rig.Left.ShouldBeEmpty();
    }

    [Fact]
    public void A_resume_has_it_whatever_the_rules_say()
    {
        _rig.Come(new ClientFrame.Hello(1) { Session = _rig.Setup.ResumeTokens.Issue(new SessionId(33)) });
        _rig.SessionAnswers(new SessionReply.Attached(0, new Attachment(1, 2), null)
        {
            Subscriptions = [new SessionSubscription(Shut, ConnectionRig.Head, null, ByServer: true), new SessionSubscription(Own, null, null, ByServer: true)],
        });
        _rig.Joins.Select(join => join.Channel).ShouldBe([Shut, Own]);
        _rig.FeedJoins(Shut);
        _rig.FeedJoins(Own);

        _rig.Take<ServerFrame.Welcome>().Subscriptions.Select(entry => entry.Channel).ShouldBe([Shut, Own]);
    }

    [Fact]
    public void The_servers_own_channels_are_not_the_clients_to_leave()
    {
        _rig.Welcome();
        Make(Own);
        _rig.FeedJoins(Own);
        _rig.Take<ServerFrame.Subscribed>();

        _rig.Come(new ClientFrame.Unsubscribe(4, Own));
        _rig.Refused(4, ErrorCode.Forbidden);
    }

    private void Make(ChannelName channel, StreamPosition? at = null) =>
        _rig.Step(new ConnectionInput.SubscribedByServer(new SessionSubscription(channel, at, null, ByServer: true), "a game"));
}
