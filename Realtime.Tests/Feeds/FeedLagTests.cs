using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Feeds;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Feeds;

/// <summary>What slow readers get under each policy, and that quick ones beside them notice nothing.</summary>
[Collection(ActorSystems.Name)]
public sealed class FeedLagTests : FeedTestKit
{
    private const int Plenty = 1_000_000;

    [Fact]
    public void A_slow_reader_that_catches_up_misses_nothing_and_does_not_hold_up_others()
    {
        Start();
        var (slow, quick) = (Joined(Ann), Joined(Bob));
        slow.Writer.Hold();
        for (var i = 1; i <= 100; i++)
        {
            Channel.Publish($"m{i}");
            Channel.Settle();
        }

        quick.Position.ShouldBe(Channel.Head);
        slow.Seen.Count.ShouldBeLessThan(50);
        Setup.Subscribers.Behind.ShouldBe(1);
        slow.Writer.Release();
        Channel.Settle();

        slow.Seen.ShouldBe(Enumerable.Range(1, 100).Select(i => $"m{i}"));
        slow.Faults.ShouldBeEmpty();
        quick.Faults.ShouldBeEmpty();
        Setup.Subscribers.Behind.ShouldBe(0);
    }

    [Fact]
    public void A_slow_reader_of_the_latest_ends_with_the_newest_of_every_key()
    {
        Start(new NamespacePolicy("chat") { Lag = LagPolicy.Latest });
        var (slow, quick) = (Joined(Ann), Joined(Bob, budget: Plenty));
        slow.Writer.Hold();
        for (var i = 1; i <= 100; i++)
        {
            Channel.Publish($"m{i}", key: i == 60 ? "rare" : "often");
            Channel.Settle();
        }

        slow.Writer.Release();
        Channel.Settle();

        slow.Seen.TakeLast(2).ShouldBe(["m60", "m100"]);
        slow.Seen.Count.ShouldBeLessThan(60);
        slow.Faults.ShouldBeEmpty();
        quick.Seen.Count.ShouldBe(100);
    }

    [Fact]
    public void A_slow_reader_whose_messages_are_dropped_is_told_which()
    {
        Start(new NamespacePolicy("chat") { Lag = LagPolicy.Drop });
        var (slow, quick) = (Joined(Ann), Joined(Bob, budget: Plenty));
        slow.Writer.Hold();
        for (var i = 1; i <= 60; i++)
        {
            Channel.Publish($"m{i}");
            Channel.Settle();
        }

        slow.Writer.Release();
        slow.Position.ShouldBe(Channel.Head);
        Channel.Publish("m61");
        Channel.Settle();

        slow.Seen.Count(text => text == "gap lagged").ShouldBe(1);
        slow.Seen[^1].ShouldBe("m61");
        slow.Faults.ShouldBeEmpty();
        quick.Seen.Count.ShouldBe(61);
        Setup.Connections.Gaps[GapReason.Lagged].Value.ShouldBe(1);
    }

    [Fact]
    public void A_slow_reader_where_the_policy_is_to_close_is_given_up_once_and_gets_nothing_more()
    {
        Start(new NamespacePolicy("chat") { Lag = LagPolicy.Close });
        var (slow, quick) = (Joined(Ann), Joined(Bob, budget: Plenty));
        slow.Writer.Hold();
        for (var i = 1; i <= 60; i++)
        {
            Channel.Publish($"m{i}");
            Channel.Settle();
        }

        slow.Events.Count(entry => entry is FeedEvent.TooSlow).ShouldBe(1);
        slow.Writer.Release();
        var seen = slow.Seen.Count;
        Channel.Publish("m61");
        Channel.Settle();

        slow.Seen.Count.ShouldBe(seen);
        slow.Faults.ShouldBeEmpty();
        quick.Seen.Count.ShouldBe(61);
        quick.IsTooSlow.ShouldBeFalse();
    }

    [Fact]
    public void A_reader_without_room_even_for_a_gap_is_given_up_and_gets_nothing_more()
    {
        Start(history: 5);
        Publish(1, 20);
        var slow = Joining(Ann, new StartFrom.At(new StreamPosition(Channel.Life.Epoch, 3)));
        slow.BeginsAtOnce = false;
        slow.Writer.Hold();
        Channel.Settle();
        var pings = 0;
        while (slow.Queue.EnqueueControl(EncodedFrames.Of(slow.Subscriber.Codec, new ServerFrame.Ping())))
        {
            (++pings).ShouldBeLessThan(1000);
        }

        slow.Begin();
        slow.Writer.Release();

        slow.IsTooSlow.ShouldBeTrue();
        slow.Seen.ShouldBe(Enumerable.Repeat("ping", pings));
    }

    [Fact]
    public void A_reader_of_a_channel_without_a_log_gets_each_message_once_and_is_told_when_some_were_dropped()
    {
        Start(new NamespacePolicy("chat") { Durability = Durability.None });
        var (slow, quick) = (Joined(Ann), Joined(Bob, budget: Plenty));
        slow.Info!.Position.ShouldBeNull();
        slow.Writer.Hold();
        for (var i = 1; i <= 60; i++)
        {
            Channel.Publish($"m{i}");
            Channel.Settle();
        }

        slow.Writer.Release();
        slow.Seen[^1].ShouldBe("gap lagged");
        Channel.Publish("m61");
        Channel.Settle();

        quick.Seen.ShouldBe(Enumerable.Range(1, 61).Select(i => $"m{i}"));
        slow.Seen[^1].ShouldBe("m61");
        slow.Seen.ShouldBeUnique();
        Channel.Asked.ShouldAllBe(request => request is Realtime.Messages.Channels.ChannelRequest.Listen);
    }

    [Fact]
    public void Much_at_once_goes_out_in_runs_that_a_queue_can_refuse()
    {
        Start(new NamespacePolicy("chat") { Durability = Durability.None, Lag = LagPolicy.Drop });
        var (slow, quick) = (Joined(Ann, budget: 100_000), Joined(Bob, budget: 100_000_000));
        slow.Writer.Hold();
        var text = ScriptedChannel.Text(new string('x', 8 * 1024));

        Channel.Publish(200, _ => new LogMessage(0, text, 0));
        Channel.Settle();

        quick.Seen.Count.ShouldBe(200);
        quick.Writer.Messages.Max(message => message.Length).ShouldBeLessThan(Node.Feeds.OutboundQueue.SharedBytes);
        slow.Writer.Release();
        slow.Seen.ShouldContain("gap lagged");
        slow.Seen.Count.ShouldBeLessThan(50);
    }
}
