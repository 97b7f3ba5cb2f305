using System.Net;
using System.Net.Sockets;
using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;
using Realtime.Node.Telemetry;
using Realtime.Tests.Support;

namespace Realtime.Tests.Links;

public sealed class LinkLossTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_loss_of_either_stream_is_one_reset_at_both_ends_and_the_link_comes_up_again(bool dialled)
    {
        await using var a = await LinkNode.StartAsync("a", 1);
        await using var b = await LinkNode.StartAsync("b", 2);
        await using var toA = new TcpProxy(a.Endpoint);
        await using var toB = new TcpProxy(b.Endpoint);
        a.Follow(b.Row(toB.Endpoint));
        b.Follow(a.Row(toA.Endpoint));
        await a.Calls.Times(b.Incarnation, Calls.Up, 1);
        await b.Calls.Times(a.Incarnation, Calls.Up, 1);

        for (var round = 1; round <= 5; round++)
        {
            var cut = dialled ? toB : toA;
            cut.Cut();
            await a.Calls.Times(b.Incarnation, Calls.Reset, round);
            await b.Calls.Times(a.Incarnation, Calls.Reset, round);
            a.Calls.Count(b.Incarnation, Calls.Up).ShouldBe(round, "up while a direction is cut");
            a.Links.Send(b.Incarnation, PlainCodec.Bulky(0)).ShouldBeFalse();
            cut.Heal();
            await a.Calls.Times(b.Incarnation, Calls.Up, round + 1);
            await b.Calls.Times(a.Incarnation, Calls.Up, round + 1);
        }

        a.Links.Send(b.Incarnation, PlainCodec.Bulky(42)).ShouldBeTrue();
        await b.Calls.FramesFrom(a.Incarnation, 1);
        b.Calls.Numbers(a.Incarnation).ShouldBe([42]);
    }

    [Fact]
    public async Task Under_load_and_cuts_each_span_between_up_and_reset_is_a_run_without_holes()
    {
        await using var a = await LinkNode.StartAsync("a", 1);
        await using var b = await LinkNode.StartAsync("b", 2);
        await using var toA = new TcpProxy(a.Endpoint);
        await using var toB = new TcpProxy(b.Endpoint);
        a.Follow(b.Row(toB.Endpoint));
        b.Follow(a.Row(toA.Endpoint));
        var stop = 0;
        var sending = Task.Run(() =>
        {
            for (var number = 0L; Volatile.Read(ref stop) == 0; Thread.Yield())
            {
                number += a.Links.Send(b.Incarnation, PlainCodec.Bulky(number)) ? 1 : 0;
            }
        });

        try
        {
            for (var round = 1; round <= 6; round++)
            {
                var have = b.Calls.Count(a.Incarnation, Calls.Frame);
                await b.Calls.FramesFrom(a.Incarnation, have + 200);
                var cut = round % 2 == 0 ? toA : toB;
                cut.Cut();
                await b.Calls.Times(a.Incarnation, Calls.Reset, round);
                cut.Heal();
            }
        }
        finally
        {
            Volatile.Write(ref stop, 1);
            await sending.Within("the end of the sending");
        }

        var numbers = b.Calls.Numbers(a.Incarnation);
        numbers.Zip(numbers.Skip(1)).Count(pair => pair.Second <= pair.First).ShouldBe(0, "twice or out of order");
        numbers.Zip(numbers.Skip(1)).Count(pair => pair.Second != pair.First + 1).ShouldBeLessThanOrEqualTo(b.Calls.Count(a.Incarnation, Calls.Reset), "a hole without a reset");
    }

    [Fact]
    public async Task A_peer_that_is_cut_off_without_a_word_is_noticed_by_its_silence()
    {
        var options = LinkNode.Options with
        {
            PingEvery = TimeSpan.FromMilliseconds(50), PingTimeout = TimeSpan.FromMilliseconds(1000), HelloTimeout = TimeSpan.FromMilliseconds(1000),
        };
        await using var a = await LinkNode.StartAsync("a", 1, options);
        await using var b = await LinkNode.StartAsync("b", 2, options);
        await using var toB = new TcpProxy(b.Endpoint);
        a.Follow(b.Row(toB.Endpoint));
        b.Follow(a.Row());
        await a.Calls.Times(b.Incarnation, Calls.Up, 1);

        toB.Stall();
        await a.Calls.Times(b.Incarnation, Calls.Reset, 1);
        await b.Calls.Times(a.Incarnation, Calls.Reset, 1);

        // Whoever notices first hangs up, and that may still reach the other.
        string[] lines = [await a.Log.Line(LogEvents.LinkLost), await b.Log.Line(LogEvents.LinkLost)];
        lines.ShouldContain(line => line.Contains("nothing was heard", StringComparison.Ordinal));
        var ups = a.Calls.Count(b.Incarnation, Calls.Up);
        toB.Flow();
        await a.Calls.Times(b.Incarnation, Calls.Up, ups + 1);
    }

    [Fact]
    public async Task The_side_that_listens_bears_silence_for_so_long_and_no_longer()
    {
        var clock = new ManualClock();
        var options = LinkNode.Options with { PingTimeout = TimeSpan.FromSeconds(6) };
        await using var a = await LinkNode.StartAsync("a", 1, options, time: clock);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        a.Follow(Row(listener));
        await using var raw = await RawPeer.DialAsync(a);
        await raw.ShakeHandsAsync(a, 2);

        for (var round = 0; round < 3; round++)
        {
            await raw.SendAsync(0, 0, 0, 0);
            (await raw.HearAsync()).ShouldBeEmpty();
            clock.Advance(TimeSpan.FromSeconds(5));
        }

        await raw.SendAsync(0, 0, 0, 0);
        (await raw.HearAsync()).ShouldBeEmpty();
        clock.Advance(TimeSpan.FromSeconds(8));
        await raw.ClosedAsync();
    }

    [Fact]
    public async Task The_side_that_dialled_pings_and_bears_silence_for_so_long_and_no_longer()
    {
        var clock = new ManualClock();
        var options = LinkNode.Options with { PingTimeout = TimeSpan.FromSeconds(6) };
        await using var a = await LinkNode.StartAsync("a", 1, options, time: clock);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        a.Follow(Row(listener));
        await using var raw = await RawPeer.AcceptAsync(listener);
        await raw.AnswerAsync();

        (await raw.HearAsync()).ShouldBeEmpty("the first ping says that the stream stands");
        for (var round = 0; round < 2; round++)
        {
            clock.Advance(TimeSpan.FromSeconds(2));
            (await raw.HearAsync()).ShouldBeEmpty();
        }

        clock.Advance(TimeSpan.FromSeconds(2));
        await raw.ClosedAsync();
    }

    [Fact]
    public async Task A_newer_stream_of_the_same_peer_takes_the_place_of_the_older()
    {
        await using var a = await LinkNode.StartAsync("a", 1);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var peer = new Incarnation(2);
        a.Follow(Row(listener));
        await using var heard = await RawPeer.AcceptAsync(listener);
        await heard.AnswerAsync();
        await using var older = await RawPeer.DialAsync(a);
        await older.ShakeHandsAsync(a, 2);
        await older.SendAsync(0, 0, 0, 0);
        await a.Calls.Times(peer, Calls.Up, 1);

        await using var newer = await RawPeer.DialAsync(a);
        await newer.ShakeHandsAsync(a, 2);
        await older.ClosedAsync();
        await heard.ClosedAsync();
        await a.Calls.Times(peer, Calls.Reset, 1);
        await using var again = await RawPeer.AcceptAsync(listener);
        await again.AnswerAsync();
        await newer.SendAsync(0, 0, 0, 0);
        await a.Calls.Times(peer, Calls.Up, 2);

        await older.SendAsync(9, 0, 0, 0, 2, 7, 0, 0, 0, 0, 0, 0, 0);
        await newer.SendAsync(9, 0, 0, 0, 2, 8, 0, 0, 0, 0, 0, 0, 0);
        await a.Calls.FramesFrom(peer, 1);
        a.Calls.Frames(peer).ShouldBe([new Realtime.Cluster.Links.LinkFrame.ViewChanged(8)]);
    }

    [Fact]
    public async Task A_stream_whose_peer_has_not_said_that_its_side_stands_carries_nothing()
    {
        await using var a = await LinkNode.StartAsync("a", 1);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        a.Follow(Row(listener));
        await using var heard = await RawPeer.AcceptAsync(listener);
        await heard.AnswerAsync();
        (await heard.HearAsync()).ShouldBeEmpty();
        await using var raw = await RawPeer.DialAsync(a);
        await raw.ShakeHandsAsync(a, 2);

        await raw.SendAsync(9, 0, 0, 0, 2, 8, 0, 0, 0, 0, 0, 0, 0);

        await raw.ClosedAsync();
        a.Calls.Frames(new Incarnation(2)).ShouldBeEmpty();
        a.Calls.Count(new Incarnation(2), Calls.Up).ShouldBe(0);
    }

    private static NodeRow Row(TcpListener listener) => new(
        new Incarnation(2), new NodeProfile(new NodeId("raw"), default, $"{listener.LocalEndpoint}", null, null, 1, 1), NodeStatus.Active, 0, 0);
}
