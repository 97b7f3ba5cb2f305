using System.Text;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Microsoft.Extensions.Logging;
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
public sealed class ConnectionActorTests : TestKit
{
    private readonly ManualClock _clock = new();
    private readonly FakeLink _link = new();
    private readonly CollectedLog _log = new();
    private readonly TestProbe _session;
    private readonly TestProbe _channel;
    private readonly TestProbe _feeds;
    private readonly ConnectionsSetup _setup;
    private readonly ClientConnections _connections;
    private SessionId _attached;

    public ConnectionActorTests() : base(
        TestHocon.Silent + """
        akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
        akka.test.single-expect-default = 30s
        """)
    {
        _session = CreateTestProbe();
        _channel = CreateTestProbe();
        _feeds = CreateTestProbe();
        _setup = new ConnectionsSetup(
            new ConnectionRig(new ConnectionPolicy { QueueBytes = 2 * 1024 }).Setup, _session, _channel, _feeds, _clock, new ConnectionLogging(_log.CreateLogger<ConnectionLogging>()))
        {
            Parts = 2,
        };
        _connections = new ClientConnections(Sys.ActorOf(ConnectionsActor.PropsOf(_setup), "connections"), _setup);
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public async Task A_client_that_says_hello_is_welcomed_once_its_session_has_taken_the_connection()
    {
        var connection = await _connections.OpenAsync(_link);
        connection.MessageLimit.ShouldBe(_setup.Rules.Policy.HelloBytes);
        await SendAsync(connection, """{"type":"hello","id":1}""");
        var attach = _session.ExpectMsg<SessionRequest.Attach>();
        attach.IsNew.ShouldBeTrue();
        _link.Messages.ShouldBeEmpty();

        _session.Reply(new SessionReply.Attached(attach.Tag, ConnectionRig.Attachment, null, null));

        await AwaitAssertAsync(() => _link.Messages.ShouldHaveSingleItem().ShouldContain("welcome"));
        await AwaitAssertAsync(() => connection.MessageLimit.ShouldBe(_setup.Rules.Policy.Limits.FrameBytes));
        _connections.Count.ShouldBe(1);
        (await _connections.ListAsync(CancellationToken.None)).Welcomed.ShouldHaveSingleItem().Session.ShouldBe(attach.Session);
    }

    [Fact]
    public async Task A_subscribe_goes_to_the_feeds_and_its_messages_may_come_only_after_the_reply()
    {
        var connection = await WelcomeAsync();
        await SendAsync(connection, """{"type":"subscribe","id":2,"channel":"chat:room","presence":"me"}""");
        var subscriber = _feeds.ExpectMsg<FeedCommand.Join>().Subscriber;
        (subscriber.Channel, subscriber.Attachment, subscriber.Presence!.Data)
            .ShouldBe((ConnectionRig.Chat, ConnectionRig.Attachment, ConnectionRig.Text("me")));
        _feeds.HasMessages.ShouldBeFalse();

        _feeds.Reply(new FeedEvent.Joined(subscriber, new SubscriptionInfo(ConnectionRig.Chat, ConnectionRig.Head, ConnectionRig.Head)));

        _feeds.ExpectMsg<FeedCommand.Begin>().Subscriber.ShouldBeSameAs(subscriber);
        _link.Messages[^1].ShouldContain("\"id\":2");
        _session.ExpectMsg<SessionRequest.PutSubscription>().Subscription.Channel.ShouldBe(ConnectionRig.Chat);
    }

    [Fact]
    public async Task What_a_feed_says_of_a_subscription_that_was_given_up_is_not_taken_for_the_new_one()
    {
        var connection = await WelcomeAsync();
        await SendAsync(connection, """{"type":"subscribe","id":2,"channel":"chat:room"}""");
        var first = _feeds.ExpectMsg<FeedCommand.Join>().Subscriber;
        _feeds.Reply(new FeedEvent.JoinRefused(first, new ChannelReply.Refused(0, ErrorCode.Unavailable, "not now")));
        await SendAsync(connection, """{"type":"subscribe","id":3,"channel":"chat:room"}""");
        var second = _feeds.ExpectMsg<FeedCommand.Join>().Subscriber;

        _feeds.Reply(new FeedEvent.TooSlow(first));
        _feeds.Reply(new FeedEvent.Joined(second, new SubscriptionInfo(ConnectionRig.Chat, ConnectionRig.Head, ConnectionRig.Head)));

        _feeds.ExpectMsg<FeedCommand.Begin>().Subscriber.ShouldBeSameAs(second);
        _link.Closed.ShouldBeNull();
    }

    [Fact]
    public async Task The_sweep_of_its_parent_sends_a_publish_again_that_is_not_answered()
    {
        var connection = await WelcomeAsync(""","producer":"p-1" """);
        await SendAsync(connection, """{"type":"publish","id":2,"channel":"chat:room","data":1,"seq":1}""");
        var first = _channel.ExpectMsg<ChannelRequest.Publish>();

        // The parent looks at what the connection says of itself, which it may not have said yet.
        await AwaitAssertAsync(() =>
        {
            Pass(_setup.SweepEvery);
            _channel.HasMessages.ShouldBeTrue();
        });
        var second = _channel.ExpectMsg<ChannelRequest.Publish>();

        (second.Tag, second.Sequence).ShouldBe((first.Tag, first.Sequence));
        _channel.Reply(new ChannelReply.Published(first.Tag, ConnectionRig.Head));
        await AwaitAssertAsync(() => _link.Messages[^1].ShouldContain("\"id\":2"));
    }

    [Fact]
    public async Task A_link_that_is_gone_leaves_the_feeds_detaches_the_session_and_is_counted_out()
    {
        var connection = await SubscribeAsync();

        connection.LinkLost(byPeer: true);

        _feeds.ExpectMsg<FeedCommand.Leave>().Withdraws.ShouldBeFalse();
        _session.ExpectMsg<SessionRequest.Detach>().Why.ShouldBe(CloseCode.Normal);
        await AwaitAssertAsync(() => _connections.Count.ShouldBe(0));
        _link.IsAborted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_connection_that_fails_drops_its_link_leaves_its_feeds_and_lets_go_of_its_session()
    {
        await SubscribeAsync();
        var other = new FakeLink();
        await _connections.OpenAsync(other);

        _feeds.LastSender.Tell(new ConnectionInput.MoveRequested(null!));

        _feeds.ExpectMsg<FeedCommand.Leave>().Withdraws.ShouldBeFalse();
        _session.ExpectMsg<SessionRequest.Detach>();
        await AwaitAssertAsync(() => _connections.Count.ShouldBe(1));
        _link.IsAborted.ShouldBeTrue();
        other.IsAborted.ShouldBeFalse();
        _log.Of(LogEvents.ConnectionFailed).ShouldHaveSingleItem().Exception.ShouldNotBeNull();
    }

    [Fact]
    public async Task Its_session_may_dismiss_a_connection_and_another_session_may_not()
    {
        await WelcomeAsync();
        _session.Reply(new SessionNews.Dismissed(new SessionId(99), CloseCode.Kicked));
        (await _connections.ListAsync(CancellationToken.None)).Welcomed.ShouldHaveSingleItem();
        _link.Closed.ShouldBeNull();

        _session.Reply(new SessionNews.Dismissed(_attached, CloseCode.Kicked));

        await AwaitAssertAsync(() => _link.Closed.ShouldBe(CloseCode.Kicked));
    }

    [Fact]
    public async Task A_session_that_moves_is_attached_to_again_by_the_same_connection()
    {
        await WelcomeAsync();

        _session.Reply(new SessionNews.Moved(_attached));

        _session.ExpectMsg<SessionRequest.Attach>().Held!.Attachment.ShouldBe(ConnectionRig.Attachment);
    }

    [Fact]
    public async Task All_are_closed_also_those_that_come_later_and_the_end_is_reported_when_they_are_gone()
    {
        var connection = await WelcomeAsync();
        var all = _connections.CloseAllAsync(CloseCode.Restart, CancellationToken.None);
        await AwaitAssertAsync(() => _link.Closed.ShouldBe(CloseCode.Restart));
        var late = new FakeLink();
        var latecomer = await _connections.OpenAsync(late);
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
        var here = (await _connections.ListAsync(CancellationToken.None)).Welcomed.ShouldHaveSingleItem();
        var asked = _connections.InspectAsync(here.Connection, CancellationToken.None);
        var inspect = _feeds.ExpectMsg<FeedCommand.Inspect>();
        _feeds.Reply(new FeedEvent.Inspected(inspect.Subscriber, new LiveSubscription(ConnectionRig.Chat, null, null, true), inspect.Tag));

        var info = (await asked.Within("the answer")).ShouldNotBeNull();
        (info.Session, info.Subscriptions.Count).ShouldBe((_attached, 1));
        (await _connections.InspectAsync(here.Session, CancellationToken.None).Within("the answer of a busy feed"))!.Subscriptions
            .ShouldBeEmpty();
        (await _connections.InspectAsync(new ConnectionId(1), CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_client_that_is_silent_is_pinged_by_the_sweep_and_closed_in_the_end()
    {
        await WelcomeAsync();
        for (var second = 0; second < 27; second++)
        {
            Pass(TimeSpan.FromSeconds(1));
        }

        await AwaitAssertAsync(() => _link.Messages[^1].ShouldContain("\"type\":\"ping\""));
        // A ping that the writer has not sent yet is owed no answer, so time goes on until it has.
        await AwaitAssertAsync(() =>
        {
            Pass(TimeSpan.FromSeconds(1));
            _link.Closed.ShouldBe(CloseCode.Silent);
        });
    }

    [Fact]
    public async Task A_client_that_asks_on_and_reads_no_answer_is_closed_as_too_slow()
    {
        var connection = await WelcomeAsync();
        _link.Hold();
        for (var id = 2; id < 150; id++)
        {
            await SendAsync(connection, $$"""{"type":"call","id":{{id}},"method":"none"}""");
        }

        _link.Release();

        await AwaitAssertAsync(() => _link.Closed.ShouldBe(CloseCode.TooSlow));
        _link.Messages[^1].ShouldContain("too_slow");
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
        var connection = await _connections.OpenAsync(_link);
        await SendAsync(connection, $$"""{"type":"hello","id":1{{rest}}}""");
        var attach = _session.ExpectMsg<SessionRequest.Attach>();
        _attached = attach.Session;
        _session.Reply(new SessionReply.Attached(attach.Tag, ConnectionRig.Attachment, null, null));
        await AwaitAssertAsync(() => _link.Messages.ShouldHaveSingleItem().ShouldContain("welcome"));
        return connection;
    }

    private async Task<IClientConnection> SubscribeAsync()
    {
        var connection = await WelcomeAsync();
        await SendAsync(connection, """{"type":"subscribe","id":2,"channel":"chat:room"}""");
        var subscriber = _feeds.ExpectMsg<FeedCommand.Join>().Subscriber;
        _feeds.Reply(new FeedEvent.Joined(subscriber, new SubscriptionInfo(ConnectionRig.Chat, ConnectionRig.Head, ConnectionRig.Head)));
        _feeds.ExpectMsg<FeedCommand.Begin>();
        var put = _session.ExpectMsg<SessionRequest.PutSubscription>();
        _session.Reply(new SessionReply.Done(put.Tag));
        return connection;
    }

    private void Pass(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += _setup.SweepEvery)
        {
            _clock.Advance(_setup.SweepEvery);
            Scheduler.Advance(_setup.SweepEvery);
        }
    }
}
