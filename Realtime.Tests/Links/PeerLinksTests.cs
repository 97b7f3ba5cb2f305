using Realtime.Cluster.Links;
using Realtime.Messages.Ids;
using Realtime.Node.Telemetry;
using Realtime.Tests.Support;

namespace Realtime.Tests.Links;

public sealed class PeerLinksTests
{
    [Fact]
    public async Task Frames_come_once_and_in_order_both_ways_at_the_same_time()
    {
        const int Many = 20_000;
        var (a, b) = await LinkNode.PairAsync();
        await using var first = a;
        await using var second = b;

        var sending = new[] { (From: a, To: b), (From: b, To: a) }.Select(way => Task.Run(() =>
        {
            for (var number = 0; number < Many; number++)
            {
                way.From.Links.Send(way.To.Incarnation, PlainCodec.Bulky(number)).ShouldBeTrue();
            }
        })).ToList();
        await Task.WhenAll(sending).Within("all frames taken");
        await a.Calls.FramesFrom(b.Incarnation, Many);
        await b.Calls.FramesFrom(a.Incarnation, Many);

        a.Calls.Numbers(b.Incarnation).ShouldBe(Enumerable.Range(0, Many).Select(n => (long)n));
        b.Calls.Numbers(a.Incarnation).ShouldBe(Enumerable.Range(0, Many).Select(n => (long)n));
        a.Links.IsUp(b.Incarnation).ShouldBeTrue();
        a.Calls.Count(b.Incarnation, Calls.Reset).ShouldBe(0);
    }

    [Fact]
    public async Task Whatever_comes_can_be_answered_from_within_the_call_even_as_the_very_first_frame()
    {
        for (var round = 0; round < 20; round++)
        {
            await using var a = await LinkNode.StartAsync("a", 1);
            await using var b = await LinkNode.StartAsync("b", 2);
            var answered = true;
            b.Calls.Handling = frame => answered &= b.Links.Send(a.Incarnation, frame);
            a.Follow(b.Row());
            b.Follow(a.Row());

            await a.Calls.Times(b.Incarnation, Calls.Up, 1);
            a.Links.Send(b.Incarnation, PlainCodec.Bulky(7)).ShouldBeTrue();

            await b.Calls.FramesFrom(a.Incarnation, 1);
            answered.ShouldBeTrue();
            await a.Calls.FramesFrom(b.Incarnation, 1);
        }
    }

    [Fact]
    public async Task A_queue_takes_so_many_bytes_and_no_more_and_loses_nothing_it_took()
    {
        var options = LinkNode.Options with { QueueBytes = 1024 * 1024, FrameBytes = 256 * 1024 };
        var (a, b) = await LinkNode.PairAsync(options, new PlainCodec { Bulk = 60_000 });
        await using var first = a;
        await using var second = b;
        using var go = new ManualResetEventSlim();
        b.Calls.Handling = _ => go.Wait(TimeSpan.FromSeconds(60));

        // More than the sockets of a loopback connection ever hold, by far.
        var taken = 0;
        while (taken < 2000 && a.Links.Send(b.Incarnation, PlainCodec.Bulky(taken)))
        {
            taken++;
        }

        taken.ShouldBeInRange(10, 1999);
        a.Links.IsUp(b.Incarnation).ShouldBeTrue();
        go.Set();
        await b.Calls.FramesFrom(a.Incarnation, taken);
        b.Calls.Numbers(a.Incarnation).ShouldBe(Enumerable.Range(0, taken).Select(n => (long)n));
        a.Links.Send(b.Incarnation, PlainCodec.Bulky(taken)).ShouldBeTrue();
        await b.Calls.FramesFrom(a.Incarnation, taken + 1);
    }

    [Fact]
    public async Task Control_overtakes_what_waits()
    {
        var (a, b) = await LinkNode.PairAsync(LinkNode.Options with { QueueBytes = (8 * 1024 * 1024) + (32 * 1024) }, new PlainCodec { Bulk = 60_000 });
        await using var first = a;
        await using var second = b;
        using var go = new ManualResetEventSlim();
        b.Calls.Handling = _ => go.Wait(TimeSpan.FromSeconds(60));
        var taken = 0;
        while (a.Links.Send(b.Incarnation, PlainCodec.Bulky(taken)))
        {
            taken++;
        }

        // The bound is half a large frame more than a multiple of them, so a small one fits at the latest when the sockets take no more.
        SpinWait.SpinUntil(() => a.Links.Send(b.Incarnation, new LinkFrame.ViewChanged(5)), TimeSpan.FromSeconds(20)).ShouldBeTrue();
        go.Set();
        await b.Calls.FramesFrom(a.Incarnation, taken + 1);

        var place = b.Calls.Frames(a.Incarnation).IndexOf(new LinkFrame.ViewChanged(5));
        place.ShouldBeInRange(0, taken - 50);
    }

    [Fact]
    public async Task A_frame_of_the_full_size_passes_and_a_longer_one_is_not_sent()
    {
        var (a, b) = await LinkNode.PairAsync();
        await using var first = a;
        await using var second = b;
        var most = new byte[LinkNode.Options.FrameBytes - 9];
        new Random(3).NextBytes(most);

        a.Links.Send(b.Incarnation, new LinkFrame.Stage(1, default, new byte[most.Length + 1], true)).ShouldBeFalse();
        (await a.Log.Line(LogEvents.LinkFrameTooLarge)).ShouldContain("was not sent");
        var whole = new LinkFrame.Stage(2, default, most, true);
        a.Links.Send(b.Incarnation, whole).ShouldBeTrue();

        await b.Calls.FramesFrom(a.Incarnation, 1);
        b.Calls.Frames(a.Incarnation).ShouldBe([whole]);
    }

    [Fact]
    public async Task Three_nodes_that_dial_each_other_at_once_have_one_link_each()
    {
        await using var a = await LinkNode.StartAsync("a", 1);
        await using var b = await LinkNode.StartAsync("b", 2);
        await using var c = await LinkNode.StartAsync("c", 3);
        LinkNode[] all = [a, b, c];
        Parallel.ForEach(all, node => node.Follow([.. all.Where(other => other != node).Select(other => other.Row())]));

        foreach (var node in all)
        {
            foreach (var other in all.Where(other => other != node))
            {
                await node.Calls.Times(other.Incarnation, Calls.Up, 1);
                node.Links.Send(other.Incarnation, PlainCodec.Bulky(node.Incarnation.Value)).ShouldBeTrue();
                await other.Calls.FramesFrom(node.Incarnation, 1);
            }

            node.Links.Streams.ShouldBe(4);
        }
    }

    [Fact]
    public async Task A_peer_that_left_the_view_is_hung_up_on_and_nothing_is_taken_for_it()
    {
        var (a, b) = await LinkNode.PairAsync();
        await using var first = a;
        await using var second = b;

        a.Follow();

        a.Links.Send(b.Incarnation, PlainCodec.Bulky(1)).ShouldBeFalse();
        a.Links.IsUp(b.Incarnation).ShouldBeFalse();
        await a.Calls.Times(b.Incarnation, Calls.Reset, 1);
        await b.Calls.Times(a.Incarnation, Calls.Reset, 1);
        a.Follow(b.Row());
        await a.Calls.Times(b.Incarnation, Calls.Up, 2);
        await b.Calls.Times(a.Incarnation, Calls.Up, 2);
    }

    [Fact]
    public async Task Another_life_of_this_node_ends_all_streams_before_it_opens_new_ones()
    {
        var (a, b) = await LinkNode.PairAsync();
        await using var first = a;
        await using var second = b;
        var again = new Incarnation(9);

        a.Links.Follow(again, [a.Row(incarnation: 9), b.Row()]);
        a.Links.IsUp(b.Incarnation).ShouldBeFalse();
        await b.Calls.Times(again, "stranger", 1);
        b.Follow(a.Row(incarnation: 9));

        await b.Calls.Times(a.Incarnation, Calls.Reset, 1);
        await b.Calls.Times(again, Calls.Up, 1);
        await a.Calls.Times(b.Incarnation, Calls.Up, 2);
        a.Calls.Count(b.Incarnation, Calls.Reset).ShouldBe(1);
        a.Links.Send(b.Incarnation, PlainCodec.Bulky(4)).ShouldBeTrue();
        await b.Calls.FramesFrom(again, 1);
    }

    [Fact]
    public async Task A_node_that_stops_tells_its_receiver_the_end_and_leaves_nothing_open()
    {
        var (a, b) = await LinkNode.PairAsync();
        await using var second = b;

        await a.DisposeAsync();

        a.Calls.Count(b.Incarnation, Calls.Reset).ShouldBe(1);
        a.Links.Send(b.Incarnation, PlainCodec.Bulky(1)).ShouldBeFalse();
        a.Follow(b.Row());
        a.Links.IsUp(b.Incarnation).ShouldBeFalse();
        await b.Calls.Times(a.Incarnation, Calls.Reset, 1);
        (await b.Log.Line(LogEvents.LinkNotReached)).ShouldContain("is not reached");
    }
}
