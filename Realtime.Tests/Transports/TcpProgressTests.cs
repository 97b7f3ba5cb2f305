using System.Net;
using System.Net.Sockets;
using Realtime.Node.Transports;

namespace Realtime.Tests.Transports;

/// <summary>What the system says of a TCP connection's way to its peer.</summary>
public sealed class TcpProgressTests
{
    [Fact]
    public async Task Bytes_the_peer_has_no_room_for_are_under_way_and_delivered_once_it_reads()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "TCP_INFO is Linux's");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Server.ReceiveBufferSize = 4096;
        listener.Start();
        using var sender = new Socket(SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = 1024 * 1024 };
        await sender.ConnectAsync((IPEndPoint)listener.LocalEndpoint, TestContext.Current.CancellationToken);
        using var peer = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);

        var sent = await sender.SendAsync(new byte[200_000], TestContext.Current.CancellationToken);
        var before = TcpProgress.Of(sender).ShouldNotBeNull();
        before.IsUnderWay.ShouldBeTrue();
        before.Delivered.ShouldBeLessThan(sent);

        var buffer = new byte[200_000];
        for (var got = 0; got < sent;)
        {
            got += await peer.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        }

        SpinWait.SpinUntil(() => TcpProgress.Of(sender) is { IsUnderWay: false } now && now.Delivered >= sent, TimeSpan.FromSeconds(30)).ShouldBeTrue();
    }

    [Fact]
    public void A_socket_that_is_gone_says_nothing()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Dispose();

        TcpProgress.Of(socket).ShouldBeNull();
    }
}
