using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Cluster;
using Realtime.Node.Feeds;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Feeds;

/// <summary>Feeds whose channel is on another node: between them messages may be lost, in one direction or both, and either node may be gone.</summary>
[Collection(ActorSystems.Name)]
public sealed class FeedRemoteTests : FeedTestKit
{
    private static readonly NamespacePolicy Visible = new("chat") { Presence = true };

    private IReadOnlyList<long> Attempts => [.. Channel.Asked.OfType<ChannelRequest.Listen>().Select(listen => listen.Attempt)];

    private IReadOnlyList<ChannelRequest.Taken> Taken => [.. Channel.Owner.Told.OfType<ChannelRequest.Taken>()];

    [Fact]
    public void A_last_batch_that_is_lost_is_read_within_ten_seconds_without_further_traffic()
    {
        Start(isLocal: false);
        var client = Joined(Ann);
        Publish(1, 2);
        Channel.Settle();
        Publish(3, 3);
        Channel.Owner.Lose();
        Channel.IsCutOff = true;
        Seconds(5);
        Channel.IsCutOff = false;
        Seconds(5);
        Channel.Settle();

        client.Seen.ShouldBe(["m1", "m2", "m3"]);
        client.Faults.ShouldBeEmpty();
        Attempts.Count.ShouldBe(1, "the channel knows the feed, which has to read only");
        var progress = Channel.Pages.ShouldHaveSingleItem().Channels.ShouldHaveSingleItem().Progress;
        progress.Head.Offset.ShouldBe(2, "the hub says how far its feed has got");
    }

    [Fact]
    public void A_renewal_that_finds_nothing_is_answered_for_the_page_alone()
    {
        Start(Visible, isLocal: false);
        Joined(Ann, presence: "here");
        Publish(1, 2);
        Channel.Settle();
        Seconds(60);

        Channel.Pages.Count.ShouldBe(12);
        Channel.Pages[^1].Channels.Single().Progress.ShouldBe(new FeedProgress(Channel.Head, Channel.Roster!.Revision, Channel.Owner.Through));
        Channel.Unanswered.ShouldBe(0, "no feed asks for anything");
        Attempts.Count.ShouldBe(1);
        Setup.Channels.RenewalPages.Value.ShouldBe(12);
    }

    [Fact]
    public void A_channel_that_does_not_run_where_its_feed_believes_it_is_listened_to_anew()
    {
        Start(isLocal: false);
        var client = Joined(Ann);
        Publish(1, 1);
        Channel.Settle();
        Channel.Owner.IsDead = true;
        Seconds(6);
        Channel.MoveOwner(tells: false, isLocal: false);
        Publish(2, 2);
        Channel.Settle();

        client.Seen.ShouldBe(["m1", "m2"]);
        Attempts.Count.ShouldBe(2);
        Setup.Channels.Relistened.Value.ShouldBe(1);
    }

    [Fact]
    public void An_owner_that_has_forgotten_the_feed_is_listened_to_again()
    {
        Start(isLocal: false);
        var client = Joined(Ann);
        Channel.Owner.Unlisten(new ChannelRequest.Unlisten(ScriptedChannel.Name, 0, Setup.Feed, Channel.Owner.Attempt), ActorRefs.Nobody);
        Channel.Owner.Lose();
        Publish(1, 1);
        Seconds(5);
        Channel.Settle();
        Publish(2, 2);
        Channel.Settle();

        client.Seen.ShouldBe(["m1", "m2"]);
        Attempts.Count.ShouldBe(2);
    }

    [Fact]
    public void A_node_that_answers_no_page_is_given_up_after_two()
    {
        Start(isLocal: false);
        Joined(Ann);
        Channel.IsCutOff = true;
        Seconds(14);
        Attempts.Count.ShouldBe(1);
        Seconds(2);
        Attempts.Count.ShouldBe(2);
    }

    [Fact]
    public void A_feed_whose_owner_was_on_a_node_that_is_gone_listens_anew_at_once_and_one_that_asks_does_not_wait_for_its_turn()
    {
        Start(isLocal: false);
        var client = Joined(Ann);
        Channel.MoveOwner(tells: false);
        Sys.EventStream.Publish(new NodeRemoved(new Address("akka", "others")));
        Seconds(1);
        Attempts.Count.ShouldBe(1, "another node is not the owner's");

        Sys.EventStream.Publish(new NodeRemoved(Channel.Owner.Ref.Path.Address));
        Seconds(1);
        Attempts.Count.ShouldBe(2);
        Channel.LoseRequest();
        Seconds(6);
        var asked = Attempts.Count;
        Sys.EventStream.Publish(new NodeRemoved(Channel.Owner.Ref.Path.Address));
        Seconds(1);
        Attempts.Count.ShouldBe(asked + 1);

        Publish(1, 1);
        Channel.Settle();
        client.Seen.ShouldBe(["m1"]);
    }

    [Fact]
    public void A_change_of_the_roster_that_is_lost_is_read_after_the_next_renewal()
    {
        Start(Visible, isLocal: false);
        var client = Joined(Ann);
        Channel.Owner.Undelivered.ShouldBe(0);
        var joined = Channel.Roster!.Claim([new PresenceClaim(new(Bob, null, ScriptedChannel.Text("there")), new PresenceStamp(default, 1))]);
        joined.Count.ShouldBe(1);
        Seconds(5);
        Channel.Settle();

        client.Seen.ShouldBe(["roster", "roster"]);
        client.PresenceFrames[^1].GetProperty("members").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public void Taken_batches_are_said_now_and_then_and_only_to_an_owner_on_another_node()
    {
        Start(history: 10_000);
        Joined(Ann, budget: 10_000_000);
        PublishBytes(300);
        Taken.ShouldBeEmpty();

        Channel.MoveOwner(tells: true, isLocal: false);
        Channel.Settle();
        PublishBytes(300);
        Taken.Count.ShouldBeInRange(2, 3);
        Taken.ShouldAllBe(message => message.Attempt == Channel.Owner.Attempt && message.Feed == Setup.Feed);
        (Channel.Owner.Through - Taken[^1].Through).ShouldBeInRange(0, Node.Feeds.Core.BatchReceipts.SayEvery);
    }

    [Fact]
    public void A_feed_that_is_held_reads_what_it_missed_before_it_takes_batches_again()
    {
        Start(isLocal: false);
        var client = Joined(Ann);
        Publish(1, 1);
        Channel.Settle();
        Publish(2, 9);
        Channel.Owner.Lose(0, 1, 2, 3, 4, 5, 6, 7);
        Channel.Owner.Say(new ChannelNews.Held(ScriptedChannel.Name, Channel.Head, Channel.Owner.Through));
        Channel.Owner.Deliver();
        Taken.ShouldBeEmpty("its only subscriber reads the log");
        Channel.Settle(requests: 1);
        Taken.ShouldBeEmpty();

        Channel.Settle();
        client.Seen.ShouldBe(Enumerable.Range(1, 9).Select(i => $"m{i}"));
        Taken.ShouldHaveSingleItem().Through.ShouldBe(Channel.Owner.Through);
    }

    [Fact]
    public void A_feed_of_a_channel_without_a_log_takes_batches_again_as_soon_as_it_has_taken_those_before()
    {
        Start(new NamespacePolicy("chat") { Durability = Durability.None }, isLocal: false);
        Joined(Ann);
        Publish(1, 1);
        Channel.Owner.Say(new ChannelNews.Held(ScriptedChannel.Name, default, Channel.Owner.Through));
        Channel.Owner.Deliver();
        Taken.ShouldBeEmpty();
        Channel.Owner.Deliver();
        Taken.ShouldHaveSingleItem().Through.ShouldBe(Channel.Owner.Through);
    }

    private void PublishBytes(int kilobytes)
    {
        for (var i = 0; i < kilobytes; i++)
        {
            Channel.Publish(new string('x', 1000));
            Channel.Settle();
        }
    }
}
