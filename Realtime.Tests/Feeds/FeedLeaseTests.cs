using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Feeds;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Feeds;

/// <summary>Which actor a feed believes, and how it finds out that something did not arrive.</summary>
[Collection(ActorSystems.Name)]
public sealed class FeedLeaseTests : FeedTestKit
{
    [Fact]
    public void A_batch_that_is_lost_is_read_when_the_next_one_comes()
    {
        Start();
        var client = Joined(Ann);
        Publish(1, 1);
        Channel.Owner.Lose();
        Publish(2, 3);
        Channel.Settle();

        client.Seen.ShouldBe(["m1", "m2", "m3"]);
        client.Faults.ShouldBeEmpty();
    }

    [Fact]
    public void A_hole_between_batches_that_arrive_together_is_read_and_not_taken_for_messages_left_out()
    {
        Start();
        var client = Joined(Ann);
        Publish(1, 6);
        Channel.Owner.Lose(1, 3);
        Channel.Owner.Undelivered.ShouldBe(4);
        DeliverTogether(Channel.Owner, 4);
        Channel.Settle();

        client.Seen.ShouldBe(Enumerable.Range(1, 6).Select(i => $"m{i}"));
        client.Faults.ShouldBeEmpty();
    }

    [Fact]
    public void Batches_that_arrive_together_go_out_as_one_run()
    {
        Start();
        var client = Joined(Ann);
        Publish(1, 5);
        DeliverTogether(Channel.Owner, 5);

        client.Seen.Count.ShouldBe(5);
        client.Writer.Messages.Count.ShouldBe(1);
    }

    [Fact]
    public void A_batch_that_is_lost_on_a_channel_that_falls_silent_is_found_by_the_renewal()
    {
        Start();
        var client = Joined(Ann);
        Publish(1, 1);
        Channel.Owner.Lose();
        Seconds(5);
        Channel.Settle();

        client.Seen.ShouldBe(["m1"]);
        client.Faults.ShouldBeEmpty();
        Channel.Asked.OfType<ChannelRequest.Listen>().Count().ShouldBe(1);
    }

    [Fact]
    public void An_owner_that_has_forgotten_the_feed_is_listened_to_again()
    {
        Start();
        var client = Joined(Ann);
        Channel.Owner.Unlisten(new ChannelRequest.Unlisten(ScriptedChannel.Name, 0, Setup.Feed, Channel.Owner.Attempt), ActorRefs.Nobody);
        Channel.Owner.Lose();
        Publish(1, 1);
        Seconds(5);
        Channel.Settle();
        Publish(2, 2);
        Channel.Settle();

        client.Seen.ShouldBe(["m1", "m2"]);
        Channel.Asked.OfType<ChannelRequest.Listen>().Select(listen => listen.Attempt).ShouldBe([1, 2]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_client_sees_one_stream_over_changes_of_owner(bool tells)
    {
        Start();
        var client = Joined(Ann);
        Publish(1, 1);
        Channel.Settle();
        Channel.MoveOwner(tells);
        Publish(2, 2);
        Channel.Settle();
        client.Seen.Count.ShouldBe(tells ? 2 : 1);
        Seconds(16);
        Channel.Settle();
        Publish(3, 3);
        Channel.Settle();

        client.Seen.ShouldBe(["m1", "m2", "m3"]);
        client.Faults.ShouldBeEmpty();
        Channel.Asked.OfType<ChannelRequest.Listen>().Count().ShouldBe(2);
    }

    [Fact]
    public void What_a_former_owner_says_after_it_has_moved_is_not_believed()
    {
        Start();
        var client = Joined(Ann);
        var former = Channel.Owner;
        Channel.MoveOwner(tells: true);
        former.Deliver();
        former.Say(Stale(new Epoch(70)));
        former.Deliver();
        Channel.Settle();
        former.Say(Stale(Channel.Life.Epoch));
        former.Say(new ChannelNews.Head(ScriptedChannel.Name, new StreamPosition(new Epoch(70), 9)));
        former.Say(new ChannelNews.Moved(ScriptedChannel.Name));
        Channel.Settle();
        Publish(1, 1);
        Channel.Settle();

        client.Seen.ShouldBe(["m1"]);
        client.Faults.ShouldBeEmpty();
        Channel.Asked.OfType<ChannelRequest.Read>().ShouldBeEmpty();
        Channel.Asked.OfType<ChannelRequest.Listen>().Count().ShouldBe(2);
    }

    [Fact]
    public void A_page_of_another_actor_than_the_believed_one_is_not_used_and_is_a_reason_to_listen_anew()
    {
        Start();
        var client = Joined(Ann);
        Publish(1, 1);
        Channel.Owner.Lose();
        Publish(2, 2);
        Channel.Owner.Deliver();
        Channel.MoveOwner(tells: false);
        Channel.Answer();
        Channel.Owner.Deliver();
        client.Seen.ShouldBeEmpty();

        Channel.Settle();
        client.Seen.ShouldBe(["m1", "m2"]);
        Channel.Asked.OfType<ChannelRequest.Listen>().Count().ShouldBe(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_log_born_anew_is_told_as_a_gap_and_read_from_its_start(bool underTheSameOwner)
    {
        Start();
        var client = Joined(Ann);
        Publish(1, 3);
        Channel.Settle();
        if (underTheSameOwner)
        {
            Channel.Reborn();
        }
        else
        {
            Channel.MoveOwner(tells: true, isReborn: true);
        }

        Channel.Publish("again");
        Channel.Settle();

        client.Seen.ShouldBe(["m1", "m2", "m3", "gap epoch", "again"]);
        client.Faults.ShouldBeEmpty();
    }

    [Fact]
    public void Subscribers_of_a_log_that_is_still_being_read_wait_for_its_head()
    {
        Start();
        Channel.Owner.Life = null;
        var client = Joining(Ann);
        Channel.Answer();
        Channel.LoseRequest();
        Channel.Settle();
        client.Info.ShouldBeNull();

        Publish(1, 2);
        Channel.Owner.Lose();
        Channel.Owner.Say(new ChannelNews.Head(ScriptedChannel.Name, Channel.Head));
        Channel.Owner.Deliver();
        Channel.Owner.Deliver();

        client.Info!.Position.ShouldBe(Channel.Head);
    }

    [Fact]
    public void A_listen_without_an_answer_is_repeated_ever_more_slowly_under_a_new_number()
    {
        Start();
        var client = Joining(Ann);
        client.RejoinsWhenRefused = true;
        Seconds(25);

        var attempts = Channel.Asked.OfType<ChannelRequest.Listen>().Select(listen => listen.Attempt).ToList();
        attempts.Count.ShouldBeInRange(6, 8);
        attempts.ShouldBe(attempts.Order());
        attempts.ShouldBeUnique();
    }

    [Fact]
    public void A_feed_without_subscribers_gives_its_lease_back_and_stops_and_a_later_one_has_a_higher_number()
    {
        Start();
        var client = Joined(Ann);
        client.Leave(withdraws: false);
        Seconds(11);
        Channel.LoseRequest();
        Seconds(3);
        Channel.Asked.OfType<ChannelRequest.Unlisten>().Count().ShouldBeGreaterThan(1);
        Channel.Settle();
        Seconds(2);
        var asked = Channel.Asked.Count;
        Seconds(60);
        Channel.Asked.Count.ShouldBe(asked, "a feed that has stopped asks nothing");
        Setup.Subscribers.Total.ShouldBe(0);

        Joined(Bob);
        Channel.Owner.Attempt.ShouldBeGreaterThan(Channel.Asked.OfType<ChannelRequest.Unlisten>().Max(unlisten => unlisten.Attempt));
    }

    [Fact]
    public void A_subscriber_that_comes_while_the_lease_is_given_back_is_served()
    {
        Start();
        Joined(Ann).Leave(withdraws: false);
        Seconds(10);
        Channel.Unanswered.ShouldBe(1);
        var late = Joining(Bob);
        Channel.Settle();
        Publish(1, 1);
        Channel.Settle();
        Seconds(20);
        Channel.Settle();
        Publish(2, 2);
        Channel.Settle();

        late.Seen.ShouldBe(["m1", "m2"]);
    }

    private static ChannelNews.Batch Stale(Epoch epoch) =>
        new(ScriptedChannel.Name, epoch, [new LogMessage(1, ScriptedChannel.Text("stale"), 0)]);
}
