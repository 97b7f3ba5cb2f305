using System.Text;
using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Node.Feeds;
using Realtime.Node.Telemetry;
using Realtime.Tests.Support;

namespace Realtime.Tests.Connections;

/// <summary>Connections as actors, with the session, the channel, the feeds and the clock in the test's hand.</summary>
[Collection(ActorSystems.Name)]
public sealed class ConnectionActorTests() : ConnectionActorCase(new ConnectionPolicy { QueueBytes = 2 * 1024 })
{
    private SessionId _attached;

    [Fact]
    public async Task A_client_that_says_hello_is_welcomed_once_its_session_has_taken_the_connection()
    {
        var connection = await Connections.OpenAsync(Link);
        connection.MessageLimit.ShouldBe(Setup.Rules.Policy.HelloBytes);
        await SendAsync(connection, """{"type":"hello","id":1}""");
        var attach = Session.ExpectMsg<SessionRequest.Attach>();
        attach.IsNew.ShouldBeTrue();
        Link.Messages.ShouldBeEmpty();

        Session.Reply(new SessionReply.Attached(attach.Tag, ConnectionRig.Attachment, null));

        await AwaitAssertAsync(() => Link.Messages.ShouldHaveSingleItem().ShouldContain("welcome"));
        await AwaitAssertAsync(() => connection.MessageLimit.ShouldBe(Setup.Rules.Policy.Limits.FrameBytes));
        Connections.Count.ShouldBe(1);
        (await Connections.ListAsync(CancellationToken.None)).Welcomed.ShouldHaveSingleItem().Session.ShouldBe(attach.Session);
    }

    [Fact]
    public async Task A_subscribe_goes_to_the_feeds_and_its_messages_may_come_only_after_the_reply()
    {
        var connection = await WelcomeAsync();
        await SendAsync(connection, """{"type":"subscribe","id":2,"channel":"chat:room","presence":"me"}""");
        var subscriber = Feeds.ExpectMsg<FeedCommand.Join>().Subscriber;
        (subscriber.Channel, subscriber.Attachment, subscriber.Presence!.Data)
            .ShouldBe((ConnectionRig.Chat, ConnectionRig.Attachment, ConnectionRig.Text("me")));
        Feeds.HasMessages.ShouldBeFalse();

        Feeds.Reply(new FeedEvent.Joined(subscriber, new SubscriptionInfo(ConnectionRig.Chat, ConnectionRig.Head, ConnectionRig.Head)));

        Feeds.ExpectMsg<FeedCommand.Begin>().Subscriber.ShouldBeSameAs(subscriber);
        Link.Messages[^1].ShouldContain("\"id\":2");
        Session.ExpectMsg<SessionRequest.PutSubscription>().Subscription.Channel.ShouldBe(ConnectionRig.Chat);
    }

    [Fact]
    public async Task What_a_feed_says_of_a_subscription_that_was_given_up_is_not_taken_for_the_new_one()
    {
        var connection = await WelcomeAsync();
        await SendAsync(connection, """{"type":"subscribe","id":2,"channel":"chat:room"}""");
        var first = Feeds.ExpectMsg<FeedCommand.Join>().Subscriber;
        Feeds.Reply(new FeedEvent.JoinRefused(first, new ChannelReply.Refused(0, ErrorCode.Unavailable, "not now")));
        await SendAsync(connection, """{"type":"subscribe","id":3,"channel":"chat:room"}""");
        var second = Feeds.ExpectMsg<FeedCommand.Join>().Subscriber;

        Feeds.Reply(new FeedEvent.TooSlow(first));
        Feeds.Reply(new FeedEvent.Joined(second, new SubscriptionInfo(ConnectionRig.Chat, ConnectionRig.Head, ConnectionRig.Head)));

        Feeds.ExpectMsg<FeedCommand.Begin>().Subscriber.ShouldBeSameAs(second);
        Link.Closed.ShouldBeNull();
    }

    [Fact]
    public async Task The_sweep_of_its_parent_sends_a_publish_again_that_is_not_answered()
    {
        var connection = await WelcomeAsync(""","producer":"p-1" """);
        await SendAsync(connection, """{"type":"publish","id":2,"channel":"chat:room","data":1,"seq":1}""");
        var first = Channel.ExpectMsg<ChannelRequest.Publish>();

        // The parent looks at what the connection says of itself, which it may not have said yet.
        await AwaitAssertAsync(() =>
        {
            Pass(Setup.SweepEvery);
            Channel.HasMessages.ShouldBeTrue();
        });
        var second = Channel.ExpectMsg<ChannelRequest.Publish>();

        (second.Tag, second.Sequence).ShouldBe((first.Tag, first.Sequence));
        Channel.Reply(new ChannelReply.Published(first.Tag, ConnectionRig.Head));
        await AwaitAssertAsync(() => Link.Messages[^1].ShouldContain("\"id\":2"));
    }

    [Fact]
    public async Task A_link_that_is_gone_leaves_the_feeds_detaches_the_session_and_is_counted_out()
    {
        var connection = await SubscribeAsync();

        connection.LinkLost(byPeer: true);

        Feeds.ExpectMsg<FeedCommand.Leave>().Withdraws.ShouldBeFalse();
        Session.ExpectMsg<SessionRequest.Detach>().Why.ShouldBe(CloseCode.Normal);
        await AwaitAssertAsync(() => Connections.Count.ShouldBe(0));
        Link.IsAborted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_connection_that_fails_drops_its_link_leaves_its_feeds_and_lets_go_of_its_session()
    {
        await SubscribeAsync();
        var other = new FakeLink();
        await Connections.OpenAsync(other);

        Feeds.LastSender.Tell(new ConnectionInput.MoveRequested(null!));

        Feeds.ExpectMsg<FeedCommand.Leave>().Withdraws.ShouldBeFalse();
        Session.ExpectMsg<SessionRequest.Detach>();
        await AwaitAssertAsync(() => Connections.Count.ShouldBe(1));
        Link.IsAborted.ShouldBeTrue();
        other.IsAborted.ShouldBeFalse();
        Logs.Of(LogEvents.ConnectionFailed).ShouldHaveSingleItem().Exception.ShouldNotBeNull();
    }

    [Fact]
    public async Task Its_session_may_dismiss_a_connection_and_another_session_may_not()
    {
        await WelcomeAsync();
        Session.Reply(new SessionNews.Dismissed(new SessionId(99), CloseCode.Kicked));
        (await Connections.ListAsync(CancellationToken.None)).Welcomed.ShouldHaveSingleItem();
        Link.Closed.ShouldBeNull();

        Session.Reply(new SessionNews.Dismissed(_attached, CloseCode.Kicked));

        await AwaitAssertAsync(() => Link.Closed.ShouldBe(CloseCode.Kicked));
    }

    [Fact]
    public async Task A_session_that_moves_is_attached_to_again_by_the_same_connection()
    {
        await WelcomeAsync();

        Session.Reply(new SessionNews.Moved(_attached));

        Session.ExpectMsg<SessionRequest.Attach>().Held!.Attachment.ShouldBe(ConnectionRig.Attachment);
    }

    [Fact]
    public async Task All_are_closed_also_those_that_come_later_and_the_end_is_reported_when_they_are_gone()
    {
        var connection = await WelcomeAsync();
        var all = Connections.CloseAllAsync(CloseCode.Restart, CancellationToken.None);
        await AwaitAssertAsync(() => Link.Closed.ShouldBe(CloseCode.Restart));
        var late = new FakeLink();
        var latecomer = await Connections.OpenAsync(late);
        await AwaitAssertAsync(() => late.Closed.ShouldBe(CloseCode.Restart));
        all.IsCompleted.ShouldBeFalse();

        connection.LinkLost();
        latecomer.LinkLost();

        await all.Within("all connections to be gone");
    }

    [Fact]
    public async Task An_operator_sees_where_its_subscriptions_stand_and_a_busy_feed_is_left_out()
    {
        await SubscribeAsync();
        var here = (await Connections.ListAsync(CancellationToken.None)).Welcomed.ShouldHaveSingleItem();
        var asked = Connections.InspectAsync(here.Connection, CancellationToken.None);
        var inspect = Feeds.ExpectMsg<FeedCommand.Inspect>();
        Feeds.Reply(new FeedEvent.Inspected(inspect.Subscriber, new LiveSubscription(ConnectionRig.Chat, null, null, true), inspect.Tag));

        var info = (await asked.Within("the answer")).ShouldNotBeNull();
        (info.Session, info.Subscriptions.Count).ShouldBe((_attached, 1));
        (await Connections.InspectAsync(here.Session, CancellationToken.None).Within("the answer of a busy feed"))!.Subscriptions
            .ShouldBeEmpty();
        (await Connections.InspectAsync(new ConnectionId(1), CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_client_that_is_silent_is_pinged_by_the_sweep_and_closed_in_the_end()
    {
        await WelcomeAsync();
        for (var second = 0; second < 27; second++)
        {
            Pass(TimeSpan.FromSeconds(1));
        }

        await AwaitAssertAsync(() => Link.Messages[^1].ShouldContain("\"type\":\"ping\""));
        // A ping that the writer has not sent yet is owed no answer, so time goes on until it has.
        await AwaitAssertAsync(() =>
        {
            Pass(TimeSpan.FromSeconds(1));
            Link.Closed.ShouldBe(CloseCode.Silent);
        });
    }

    [Fact]
    public async Task A_client_that_asks_on_and_reads_no_answer_is_closed_as_too_slow()
    {
        var connection = await WelcomeAsync();
        Link.Hold();
        for (var id = 2; id < 150; id++)
        {
            await SendAsync(connection, $$"""{"type":"call","id":{{id}},"method":"none"}""");
        }

        Link.Release();

        await AwaitAssertAsync(() => Link.Closed.ShouldBe(CloseCode.TooSlow));
        Link.Messages[^1].ShouldContain("too_slow");
    }

    [Fact]
    public async Task A_transport_reads_on_only_when_frames_have_been_handled()
    {
        var ahead = new ReadAhead();
        await ahead.AddAsync(ReadAhead.Most);
        var waiting = ahead.AddAsync(1).AsTask();
        for (var i = 0; i < ReadAhead.Most / 2; i++)
        {
            waiting.IsCompleted.ShouldBeFalse();
            ahead.Remove();
        }

        ahead.Remove();
        await waiting.Within("the reader to go on");

        var second = ahead.AddAsync(2 * ReadAhead.Most).AsTask();
        second.IsCompleted.ShouldBeFalse();
        ahead.End();
        await second.Within("the reader to be let go");
        await ahead.AddAsync(1).AsTask().Within("a reader that comes too late");
    }

    private static Task<bool> SendAsync(IClientConnection connection, string frame) =>
        connection.ReceiveAsync(Encoding.UTF8.GetBytes(frame)).AsTask();

    private async Task<IClientConnection> WelcomeAsync(string rest = "")
    {
        var connection = await Connections.OpenAsync(Link);
        await SendAsync(connection, $$"""{"type":"hello","id":1{{rest}}}""");
        var attach = Session.ExpectMsg<SessionRequest.Attach>();
        _attached = attach.Session;
        Session.Reply(new SessionReply.Attached(attach.Tag, ConnectionRig.Attachment, null));
        await AwaitAssertAsync(() => Link.Messages.ShouldHaveSingleItem().ShouldContain("welcome"));
        return connection;
    }

    private async Task<IClientConnection> SubscribeAsync()
    {
        var connection = await WelcomeAsync();
        await SendAsync(connection, """{"type":"subscribe","id":2,"channel":"chat:room"}""");
        var subscriber = Feeds.ExpectMsg<FeedCommand.Join>().Subscriber;
        Feeds.Reply(new FeedEvent.Joined(subscriber, new SubscriptionInfo(ConnectionRig.Chat, ConnectionRig.Head, ConnectionRig.Head)));
        Feeds.ExpectMsg<FeedCommand.Begin>();
        var put = Session.ExpectMsg<SessionRequest.PutSubscription>();
        Session.Reply(new SessionReply.Done(put.Tag));
        return connection;
    }
}
