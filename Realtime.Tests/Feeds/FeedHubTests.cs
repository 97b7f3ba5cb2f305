using System.Buffers;
using Akka.Actor;
using Akka.Routing;
using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Codecs;
using Realtime.Node.Feeds;
using Realtime.Node.Telemetry;

namespace Realtime.Tests.Feeds;

/// <summary>What becomes of subscribers when their feed fails, and of joins that are under way then.</summary>
[Collection(ActorSystems.Name)]
public sealed class FeedHubTests : FeedTestKit
{
    [Fact]
    public void Connections_of_a_feed_that_fails_are_told_and_a_later_join_finds_a_new_one()
    {
        Start();
        var client = Joined(Ann);
        var failed = Channel.Owner.Feed;
        Fail();
        client.Events[^1].ShouldBeOfType<FeedEvent.FeedFailed>();
        Setup.Subscribers.Total.ShouldBe(0);
        var line = FeedLog.Of(LogEvents.ChannelFeedFailed).ShouldHaveSingleItem();
        (line.Values["Channel"], line.Exception!.Message).ShouldBe((ScriptedChannel.Name.Value, "fails in the test"));

        Publish(1, 2);
        var again = Joined(Ann, new StartFrom.At(new StreamPosition(Channel.Life.Epoch, 0)));
        again.Seen.ShouldBe(["poison", "m1", "m2"]);
        Channel.Owner.Feed.ShouldNotBe(failed, "what fails is not started again behind the same reference");
        client.Leave(withdraws: false);
        client.Events[^1].ShouldBeOfType<FeedEvent.Left>();
        Setup.Subscribers.Total.ShouldBe(1, "a subscriber of the feed that failed is none of the new one's");
    }

    [Fact]
    public void A_join_that_was_in_the_mailbox_of_a_feed_that_fails_is_taken_by_the_next_one()
    {
        Start();
        Joined(Ann);
        FeedClient? late = null;
        FeedClient? gone = null;
        Fail(meanwhile: () =>
        {
            late = Joining(Bob);
            gone = Joining(new SessionId(3));
            gone.Leave(withdraws: false);
        });
        Channel.Settle();
        Publish(1, 1);
        Channel.Settle();

        late!.Seen.ShouldBe(["m1"]);
        gone!.Events.OfType<FeedEvent.Joined>().ShouldBeEmpty();
        Setup.Subscribers.Total.ShouldBe(1);
    }

    [Fact]
    public void A_feed_that_says_it_is_idle_while_a_join_is_on_its_way_to_it_is_not_stopped()
    {
        Start();
        var client = Joined(Ann);
        var beforeTheJoin = new FeedMessage.Idle(ScriptedChannel.Name, Joins: 0);
        Hub.Tell(new ConsistentHashableEnvelope(beforeTheJoin, ScriptedChannel.Name.Value), Channel.Owner.Feed!);
        Publish(1, 1);
        Channel.Settle();

        client.Seen.ShouldBe(["m1"]);
        client.Events.ShouldHaveSingleItem();
    }

    [Fact]
    public void What_is_asked_of_a_channel_without_a_feed_is_answered()
    {
        Start();
        var client = Joined(Ann);
        Fail();
        client.Events.Clear();
        client.Tell(new FeedCommand.Inspect(client.Subscriber, 4));
        client.Leave(withdraws: true);
        Hub.Tell(new FeedCommand.CountSubscribers(ScriptedChannel.Name), TestActor);

        client.Events.ShouldBe([new FeedEvent.Inspected(client.Subscriber, null, 4), new FeedEvent.Left(client.Subscriber)]);
        ExpectMsg(new ChannelSubscriberCount(ScriptedChannel.Name, 0, 0));
    }

    /// <summary>The feed throws over a subscriber whose frames cannot be written.</summary>
    private void Fail(Action? meanwhile = null)
    {
        var poison = new FeedClient(Hub, Channel, Space, new SessionId(99), StartFrom.Live, codec: new FailingCodec());
        Channel.Settle();
        Channel.Publish(1, _ => new LogMessage(0, ScriptedChannel.Text("poison"), 0));
        var inside = new CallbackRef("inside", (_, _) =>
        {
            Channel.Owner.Deliver();
            meanwhile?.Invoke();
        });
        Hub.Tell(new FeedCommand.CountSubscribers(ScriptedChannel.Name), inside);
        poison.Events[^1].ShouldBeOfType<FeedEvent.FeedFailed>();
    }

    private sealed class FailingCodec : IFrameCodec
    {
        public string Subprotocol => "failing";

        public bool IsText => true;

        public CodecFault? Read(ReadOnlyMemory<byte> message, List<ClientFrame> into) =>
            throw new NotSupportedException("no client speaks it");

        public void Write(ServerFrame frame, IBufferWriter<byte> output) => throw new InvalidOperationException("fails in the test");

        public void WriteMessages(
            ChannelName channel, IReadOnlyList<LogMessage> messages, IBufferWriter<byte> output, long? previous = null) =>
            throw new InvalidOperationException("fails in the test");
    }
}
