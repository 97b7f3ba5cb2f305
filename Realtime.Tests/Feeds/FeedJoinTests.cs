using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Feeds;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Feeds;

/// <summary>How subscribers come in, and that what they get fits to where they began.</summary>
[Collection(ActorSystems.Name)]
public sealed class FeedJoinTests : FeedTestKit
{
    [Fact]
    public void The_first_subscriber_costs_one_request_beside_the_listen_and_those_at_the_head_none()
    {
        Start();
        Publish(1, 3);
        Joined(Ann).Info!.Position.ShouldBe(Channel.Head);
        Channel.Asked.Select(request => request.GetType().Name).ShouldBe(["Listen", "Subscribe"]);

        Joined(Bob);
        Joined(new SessionId(3), new StartFrom.At(Channel.Head)).Info!.Recovered.ShouldBe(true);

        Channel.Asked.Count.ShouldBe(2);
    }

    [Fact]
    public void Messages_that_come_before_the_reply_is_out_are_sent_after_it_and_once()
    {
        Start();
        Publish(1, 2);
        var client = Joining(Ann, StartFrom.Start);
        client.BeginsAtOnce = false;
        Channel.Settle();
        Publish(3, 4);
        Channel.Settle();
        client.Seen.ShouldBeEmpty();

        client.Begin();
        Channel.Settle();

        client.Seen.ShouldBe(["m1", "m2", "m3", "m4"]);
        client.Faults.ShouldBeEmpty();
    }

    [Fact]
    public void Subscribers_at_the_same_place_share_pages()
    {
        Start();
        Publish(1, 12);
        var clients = new[] { Joining(Ann, StartFrom.Start), Joining(Bob, StartFrom.Start) };
        Channel.Settle();
        clients.ShouldAllBe(client => client.Position == Channel.Head && client.Faults.Count == 0);
        Channel.Asked.OfType<ChannelRequest.Read>().Select(read => read.After.Offset).ShouldBeUnique();
    }

    [Fact]
    public void A_position_that_history_no_longer_reaches_is_told_in_the_reply_and_as_a_gap()
    {
        Start(history: 5);
        Publish(1, 20);
        var client = Joined(Ann, new StartFrom.At(new StreamPosition(Channel.Life.Epoch, 3)));

        client.Info!.Recovered.ShouldBe(false);
        client.Info.Gap.ShouldBe(new GapNotice(GapReason.Trimmed, new StreamPosition(Channel.Life.Epoch, 15), 4, 15));
        client.Seen.ShouldBe(["gap trimmed", "m16", "m17", "m18", "m19", "m20"]);
        client.Faults.ShouldBeEmpty();
        Setup.Connections.Gaps[GapReason.Trimmed].Value.ShouldBe(1);
    }

    [Fact]
    public void A_client_does_not_get_its_own_messages_back_when_it_asked_not_to_and_the_next_one_says_what_it_follows()
    {
        Start();
        var (client, other) = (Joined(Ann), Joined(Bob));
        Publish(1, 1);
        Channel.Settle();
        Channel.Publish("mine", Ann, echo: false);
        Channel.Settle();
        Publish(3, 3);
        Channel.Settle();

        client.Seen.ShouldBe(["m1", "m3"]);
        other.Seen.ShouldBe(["m1", "mine", "m3"]);
        client.Faults.ShouldBeEmpty();
    }

    [Fact]
    public void A_join_whose_request_is_lost_is_asked_for_again_and_without_any_answer_refused_in_time()
    {
        Start();
        Publish(1, 2);
        var first = Joining(Ann, StartFrom.Start);
        Channel.LoseRequest();
        Channel.LoseRequest();
        for (var i = 0; i < 3; i++)
        {
            Seconds(1);
            Channel.Settle();
        }

        first.Position.ShouldBe(Channel.Head);
        var second = Joining(Bob, StartFrom.Start);
        second.RejoinsWhenRefused = false;
        Seconds(6);

        second.Events.OfType<FeedEvent.JoinRefused>().Single().Reason.Code.ShouldBe(ErrorCode.Timeout);
        first.Faults.ShouldBeEmpty();
    }

    [Fact]
    public void A_refusal_of_the_channel_reaches_those_that_join_and_not_those_that_are_in()
    {
        Start();
        var first = Joining(Ann, StartFrom.Start);
        first.RejoinsWhenRefused = false;
        Channel.Refuse(ErrorCode.Unavailable);
        Channel.Owner.Deliver();
        first.Events.OfType<FeedEvent.JoinRefused>().Single().Reason.RetryAfter.ShouldBe(1000);

        var live = Joining(Bob);
        Seconds(2);
        Channel.Settle();
        live.Info.ShouldNotBeNull();
        var late = Joining(Ann, StartFrom.Start);
        late.RejoinsWhenRefused = false;
        Channel.Refuse(ErrorCode.Unavailable);
        Channel.Owner.Deliver();
        Publish(1, 1);
        Channel.Settle();

        late.Events.OfType<FeedEvent.JoinRefused>().Count().ShouldBe(1);
        live.Seen.ShouldBe(["m1"]);
    }

    [Fact]
    public void Nothing_comes_after_a_leave_and_a_leave_may_come_before_the_position()
    {
        Start();
        var (client, early) = (Joined(Ann), Joining(Bob, StartFrom.Start));
        client.Leave(withdraws: true);
        early.Leave(withdraws: false);
        Publish(1, 3);
        Channel.Settle();

        client.Events[^1].ShouldBeOfType<FeedEvent.Left>();
        early.Events.ShouldHaveSingleItem().ShouldBeOfType<FeedEvent.Left>();
        client.Seen.ShouldBeEmpty();
        Setup.Subscribers.Total.ShouldBe(0);
    }

    [Fact]
    public void It_says_where_subscribers_stand_and_how_many_there_are()
    {
        Start();
        var slow = Joined(Ann, budget: 500);
        Joined(Bob);
        slow.Writer.Hold();
        for (var i = 1; i <= 20; i++)
        {
            Channel.Publish($"m{i}");
            Channel.Settle();
        }

        slow.Tell(new FeedCommand.Inspect(slow.Subscriber, 8));
        slow.Tell(new FeedCommand.Describe(slow.Subscriber, 9));
        Hub.Tell(new FeedCommand.CountSubscribers(ScriptedChannel.Name), TestActor);

        var inspected = slow.Events.OfType<FeedEvent.Inspected>().Single();
        (inspected.Tag, inspected.Subscription!.IsBehind, inspected.Subscription.Head).ShouldBe((8, true, Channel.Head));
        inspected.Subscription.Position!.Value.Offset.ShouldBeInRange(1, 19);
        slow.Events.OfType<FeedEvent.Described>().Single().Info.Head.ShouldBe(Channel.Head);
        ExpectMsg(new ChannelSubscriberCount(ScriptedChannel.Name, 2, 1));
    }

    [Fact]
    public void Deliveries_are_counted_for_each_subscriber()
    {
        Start();
        Joined(Ann);
        Joined(Bob);
        Publish(1, 5);
        Channel.Settle();

        Setup.Channels.Delivered["chat"].Value.ShouldBe(10);
    }
}
