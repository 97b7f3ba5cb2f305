using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using Akka.Persistence.TestKit;
using Akka.TestKit;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence;

namespace Realtime.Tests.Channels;

/// <summary>The channel as an actor, with its event log on a journal that fails on demand and a clock that moves by hand.</summary>
[Collection(ActorSystems.Name)]
public sealed class ChannelActorTests : ChannelActorCase
{
    [Fact]
    public void A_publish_is_stored_answered_and_sent_to_feeds_and_found_again_by_the_next_actor()
    {
        var channel = StartChannel();
        var feed = Listen(channel);
        var position = Publish(channel, "a", 1).ShouldBeOfType<ChannelReply.Published>().Position!.Value;
        feed.FishForMessage<ChannelNews.Batch>(_ => true, Deadline).Messages.Select(MachineRig.TextOf).ShouldBe(["a"]);
        Stop(channel, ChannelHandOff.Instance);
        feed.FishForMessage<ChannelNews.Moved>(_ => true, Deadline);

        var next = StartChannel();
        Publish(next, "a", 1).ShouldBe(new ChannelReply.Published(Tag, position) { IsRepeat = true });
        Publish(next, "b", 2).ShouldBe(new ChannelReply.Published(Tag, position with { Offset = 2 }));
    }

    [Fact]
    public void Publishes_of_one_sender_are_stored_in_its_order()
    {
        var channel = StartChannel();
        for (var i = 1; i <= 500; i++)
        {
            Send(channel, PublishOf($"m{i}", i, i > 1 ? i - 1 : null));
        }

        for (var i = 1; i <= 500; i++)
        {
            Client.ExpectMsg<ChannelReply.Published>(Deadline).Position!.Value.Offset.ShouldBe(i);
        }
    }

    [Fact]
    public async Task A_persist_that_fails_leaves_the_channel_alive_and_is_settled_by_the_next_recovery()
    {
        var channel = StartChannel();
        var feed = Listen(channel);
        Publish(channel, "a", 1);
        await Journal.OnWrite.Fail();
        Send(channel, PublishOf("b", 2));
        AwaitStatus(channel, isAvailable: false);
        var refused = Publish(channel, "c", 3).ShouldBeOfType<ChannelReply.Refused>();
        (refused.Code, refused.RetryAfter is > 0).ShouldBe((ErrorCode.Unavailable, true));

        // Feeds, roster and what memory holds go on.
        Ask<ChannelReply.Noted>(channel, tag => new ChannelRequest.Claim(Name, tag, MachineRig.Feed(), [MachinePresenceTests.ClaimOf(MachineRig.Ann)]));
        Ask<ChannelReply.Page>(channel, tag => new ChannelRequest.Read(Name, tag, default, 10, 1000)).Messages.Count.ShouldBe(1);
        feed.FishForMessage<ChannelNews.Presence>(_ => true, Deadline);
        await Journal.OnWrite.Pass();

        AwaitUsable(channel);
        Client.FishForMessage<ChannelReply.Published>(reply => reply.Position!.Value.Offset == 2, Deadline);
        Publish(channel, "c", 3).ShouldBeOfType<ChannelReply.Published>().Position!.Value.Offset.ShouldBe(3);
        feed.FishForMessage<ChannelNews.Head>(_ => true, Deadline);
    }

    [Fact]
    public async Task A_recovery_that_fails_is_tried_again_until_the_journal_answers()
    {
        var first = StartChannel();
        Publish(first, "a", 1);
        Stop(first, ChannelHandOff.Instance);
        await Journal.OnRecovery.Fail();
        var channel = StartChannel();
        AwaitStatus(channel, isAvailable: false);
        Publish(channel, "b", 2).ShouldBeOfType<ChannelReply.Refused>().Code.ShouldBe(ErrorCode.Unavailable);
        await Journal.OnRecovery.Pass();
        AwaitUsable(channel);
        Publish(channel, "b", 2).ShouldBeOfType<ChannelReply.Published>().Position!.Value.Offset.ShouldBe(2);
    }

    [Fact]
    public async Task A_stop_during_a_persist_answers_what_is_under_way_and_gives_back_the_rest()
    {
        var channel = StartChannel();
        Publish(channel, "a", 1);
        Watch(channel);
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Journal.OnWrite.SetInterceptorAsync(new HeldWrite(written.Task));
        Send(channel, PublishOf("under way", 2));
        Send(channel, PublishOf("queued", 3, 2));
        channel.Tell(ChannelHandOff.Instance, TestActor);
        Client.ExpectMsg<ChannelReply.Retry>(Deadline).Tag.ShouldBe(Tag);
        Publish(channel, "late", 4).ShouldBeOfType<ChannelReply.Retry>();
        ExpectNoMsg(TimeSpan.Zero);
        written.SetResult();
        Client.ExpectMsg<ChannelReply.Published>(Deadline).Position!.Value.Offset.ShouldBe(2);
        ExpectTerminated(channel, Deadline);
        await Journal.OnWrite.Pass();
        Publish(StartChannel(), "queued", 3).ShouldBeOfType<ChannelReply.Published>().Position!.Value.Offset.ShouldBe(3);
    }

    [Fact]
    public void An_idle_channel_leaves_memory_through_its_shard()
    {
        var shard = CreateTestProbe();
        var channel = shard.ChildActorOf(ChannelActor.Props(Name, new NamespacePolicy("chat"), Settings()));
        shard.Watch(channel);
        Publish(channel, "a", 1);
        Clock.Advance(new ChannelPolicy().PassivateAfter + TimeSpan.FromSeconds(1));
        var message = shard.ExpectMsg<Passivate>(Deadline).StopMessage;
        message.ShouldBeOfType<ChannelPassivation>();
        Publish(channel, "late", 2).ShouldBeOfType<ChannelReply.Retry>();
        channel.Tell(message, shard.Ref);
        shard.ExpectTerminated(channel, Deadline);
        Hosted.Count.ShouldBe(0);
    }

    [Fact]
    public void A_subscriber_that_comes_while_publishes_go_on_receives_each_message_once()
    {
        var channel = StartChannel();
        for (var i = 1; i <= 300; i++)
        {
            Send(channel, PublishOf($"m{i}", i));
        }

        var feed = Listen(channel);
        channel.Tell(new ChannelRequest.Subscribe(Name, 7, StartFrom.Start, 16, 4096, WantsRoster: true), feed.Ref);
        for (var i = 301; i <= 600; i++)
        {
            Send(channel, PublishOf($"m{i}", i));
        }

        var subscriber = new ModelSubscriber(channel, feed.Ref);
        while (subscriber.Received.Count < 600)
        {
            subscriber.Receive(feed.ExpectMsg<object>(Deadline));
        }

        // A batch that is lost on its way shows with the next one, and is read from the log.
        subscriber.LosesNextBatch = true;
        Send(channel, PublishOf("lost", 601));
        var lost = feed.FishForMessage<ChannelNews.Batch>(batch => batch.Messages[^1].Offset == 601, Deadline);
        subscriber.Receive(lost);
        Send(channel, PublishOf("next", 602));
        while (!subscriber.Received.Contains(602))
        {
            subscriber.Receive(feed.ExpectMsg<object>(Deadline));
        }

        subscriber.Received.ShouldBe(Enumerable.Range(1, 602).Select(offset => (long)offset));
    }

    [Fact]
    public void An_actor_that_fails_stops_and_is_found_again_with_nothing_forgotten()
    {
        var channel = StartChannel();
        var feed = Listen(channel);
        Publish(channel, "a", 1);
        Watch(channel);

        Lease.FailOnce();
        Send(channel, PublishOf("a", 1));
        ExpectTerminated(channel, Deadline);
        feed.FishForMessage<ChannelNews.Moved>(_ => true, Deadline);

        var next = StartChannel();
        Listen(next, attempt: 2);
        Publish(next, "b", 2).ShouldBeOfType<ChannelReply.Published>().Position!.Value.Offset.ShouldBe(2);
    }

    [Fact]
    public void A_log_that_fails_is_stopped_and_its_next_actor_finds_what_it_had_written()
    {
        var channel = StartChannel();
        Publish(channel, "a", 1);
        Lease.FailOnce();

        // Without a sequence number, so that only the log can tell whether it was written.
        Send(channel, tag => new ChannelRequest.Publish(Name, tag, MachineRig.Text("b"), MachineRig.Ann, null));
        AwaitStatus(channel, isAvailable: false);
        AwaitUsable(channel);
        Client.ExpectMsg<ChannelReply.Published>(Deadline).Position!.Value.Offset.ShouldBe(2);
        Publish(channel, "c", 2).ShouldBeOfType<ChannelReply.Published>().Position!.Value.Offset.ShouldBe(3);
    }

    [Fact]
    public void Nothing_is_acknowledged_without_the_lease()
    {
        var channel = StartChannel();
        Publish(channel, "a", 1);
        Lease.IsHeldNow = false;
        Send(channel, PublishOf("a", 1));
        Ask<ChannelReply.Inspected>(channel, tag => new ChannelRequest.Inspect(Name, tag));
        Lease.IsHeldNow = true;
        Publish(channel, "a", 1).ShouldBeOfType<ChannelReply.Published>();
    }

    [Fact]
    public void A_memory_channel_has_no_log_and_claims_expire_by_its_one_timer()
    {
        var channel = StartChannel(new NamespacePolicy("chat") { Durability = Durability.Memory, Presence = true });
        var feed = Listen(channel);
        Publish(channel, "a", 1).ShouldBeOfType<ChannelReply.Published>();
        Ask<ChannelReply.Listening>(channel, tag => new ChannelRequest.Listen(Name, tag, MachineRig.Feed("b"), 1));
        Send(channel, tag => new ChannelRequest.Claim(Name, tag, MachineRig.Feed("b"), [MachinePresenceTests.ClaimOf(MachineRig.Ann)]));
        Client.FishForMessage<ChannelReply.Noted>(noted => noted.Tag == Tag, Deadline);
        Ask<ChannelReply.Noted>(channel, tag => new ChannelRequest.Unlisten(Name, tag, MachineRig.Feed("b"), 2));
        Clock.Advance(new ChannelPolicy().UnclaimedGrace);
        feed.FishForMessage<ChannelNews.Presence>(news => news.Change is PresenceChange.Left, Deadline).Members.Single().Session.ShouldBe(MachineRig.Ann);
    }
}
