using System.Net;
using System.Net.Sockets;
using Realtime.Cluster.Links;
using Realtime.Messages.Ids;
using Realtime.Node.Telemetry;
using Realtime.Tests.Support;

namespace Realtime.Tests.Links;

public sealed class HostileLinkTests
{
    [Theory]
    [InlineData(new byte[] { 3, 0, 0, 0, 255, 255, 255 }, "too short")]
    [InlineData(new byte[] { 9, 0, 0, 0, 77, 0, 0, 0, 0, 0, 0, 0, 0 }, "of no known kind")]
    [InlineData(new byte[] { 255, 255, 255, 255, 0, 0 }, "4294967295 bytes")]
    [InlineData(new byte[] { 1, 0, 64, 0, 0, 0 }, "4194305 bytes")]
    public async Task What_is_no_frame_ends_the_stream_with_one_line(byte[] bytes, string what)
    {
        await using var a = await LinkNode.StartAsync("a", 1);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var peer = new Incarnation(2);
        a.Follow(a.Row((IPEndPoint)listener.LocalEndpoint, 2));
        await using var heard = await RawPeer.AcceptAsync(listener);
        await heard.AnswerAsync();
        await using var raw = await RawPeer.DialAsync(a);
        await raw.ShakeHandsAsync(a, 2);
        await raw.SendAsync([0, 0, 0, 0, 9, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, .. bytes]);

        await raw.ClosedAsync();
        await a.Calls.Times(peer, Calls.Reset, 1);
        a.Log.Of(LogEvents.LinkFrameBroken).ShouldHaveSingleItem().ShouldContain(what);
        a.Calls.Frames(peer).Count.ShouldBe(1, "what came before counts");
    }

    [Fact]
    public async Task A_hello_that_is_too_long_or_none_is_answered_and_closed()
    {
        await using var a = await LinkNode.StartAsync("a", 1);
        foreach (var bytes in new byte[][] { [1, 16, 0, 0], [3, 0, 0, 0, 1, 2, 3], "GET / HTTP/1.1\r\n\r\n"u8.ToArray() })
        {
            await using var raw = await RawPeer.DialAsync(a);
            await raw.SendAsync(bytes);
            await raw.ClosedAsync();
        }

        a.Log.Of(LogEvents.LinkRefusedHere).ShouldHaveSingleItem().ShouldContain("Malformed");
    }

    [Fact]
    public async Task A_hello_that_trickles_in_is_cut_off_after_its_time()
    {
        var clock = new ManualClock();
        await using var a = await LinkNode.StartAsync("a", 1, time: clock);
        await using var raw = await RawPeer.DialAsync(a);
        SpinWait.SpinUntil(() => clock.Timers > 0, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        await raw.SendAsync(80, 0, 0, 0, 1);
        clock.Advance(TimeSpan.FromSeconds(4.9));
        await raw.SendAsync(1);

        clock.Advance(TimeSpan.FromSeconds(0.2));
        await raw.ClosedAsync();
        (await a.Log.Line(LogEvents.LinkRefusedHere)).ShouldContain("Slow");
    }

    [Fact]
    public async Task Only_so_many_may_be_saying_hello_at_once()
    {
        await using var a = await LinkNode.StartAsync("a", 1, LinkNode.Options with { Hellos = 4 });
        var idle = new List<RawPeer>();
        for (var n = 0; n < 4; n++)
        {
            idle.Add(await RawPeer.DialAsync(a));
        }

        SpinWait.SpinUntil(() => a.Links.Serving == 4, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        await using (var more = await RawPeer.DialAsync(a))
        {
            await more.ClosedAsync();
        }

        foreach (var raw in idle)
        {
            await raw.DisposeAsync();
        }

        SpinWait.SpinUntil(() => a.Links.Serving == 0, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        await using var b = await LinkNode.StartAsync("b", 2);
        a.Follow(b.Row());
        b.Follow(a.Row());
        await a.Calls.Times(b.Incarnation, Calls.Up, 1);
    }

    [Fact]
    public async Task Random_bytes_at_the_door_cost_a_few_lines_and_disturb_nobody()
    {
        var (a, b) = await LinkNode.PairAsync(LinkNode.Options with { HelloTimeout = TimeSpan.FromSeconds(2) });
        await using var first = a;
        await using var second = b;
        var random = new Random(20260101);
        var good = new LinkHello(1, 1, LinkNode.Cluster, new Incarnation(3), new NodeId("x"), a.Incarnation, new byte[32]).ToBytes();
        for (var round = 0; round < 200; round++)
        {
            await using var raw = await RawPeer.DialAsync(a);
            var bytes = new byte[random.Next(1, 300)];
            random.NextBytes(bytes);
            if (round % 2 == 0)
            {
                // Nearly a hello: gets further before it is found out.
                bytes = [(byte)good.Length, 0, 0, 0, .. good, .. bytes];
                bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
            }

            await raw.SendAsync(bytes);
        }

        a.Links.Send(b.Incarnation, PlainCodec.Bulky(1)).ShouldBeTrue();
        await b.Calls.FramesFrom(a.Incarnation, 1);
        SpinWait.SpinUntil(() => a.Links.Serving == 1, TimeSpan.FromSeconds(20)).ShouldBeTrue("all strangers are gone");
        a.Calls.Count(b.Incarnation, Calls.Reset).ShouldBe(0);
        a.Log.Of(LogEvents.LinkRefusedHere).Count.ShouldBeLessThan(264);
        a.Log.Of(LogEvents.LinkFailed).ShouldBeEmpty();
    }
}
