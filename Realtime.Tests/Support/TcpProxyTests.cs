using System.Net;
using System.Net.Sockets;

namespace Realtime.Tests.Support;

public sealed class TcpProxyTests
{
    [Fact]
    public async Task Bytes_pass_until_the_cut_and_again_after_healing()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var proxy = new TcpProxy((IPEndPoint)listener.LocalEndpoint);
        using var first = await ConnectAsync(proxy);
        using var server = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken).AsTask().Within("the first connection");
        await first.SendAsync("abc"u8.ToArray());
        (await server.ReceiveAsync(new byte[8]).Within("the bytes")).ShouldBe(3);

        proxy.Cut();
        await Should.ThrowAsync<SocketException>(() => first.ReceiveAsync(new byte[8]).Within("the reset at the client"));
        await Should.ThrowAsync<SocketException>(() => server.ReceiveAsync(new byte[8]).Within("the reset at the server"));
        // The reset may be faster than the end of the connect.
        await Should.ThrowAsync<SocketException>(async () =>
        {
            using var refused = await ConnectAsync(proxy);
            await refused.ReceiveAsync(new byte[8]).Within("the reset of a new connection");
        });

        proxy.Heal();
        using var second = await ConnectAsync(proxy);
        using var again = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken).AsTask().Within("the second connection");
        await again.SendAsync("de"u8.ToArray());
        (await second.ReceiveAsync(new byte[8]).Within("the bytes")).ShouldBe(2);
    }

    [Fact]
    public async Task A_stalled_network_holds_what_the_target_says_until_it_flows_again()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var proxy = new TcpProxy((IPEndPoint)listener.LocalEndpoint);
        using var client = await ConnectAsync(proxy);
        using var server = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken).AsTask().Within("the connection");

        proxy.Stall();
        await server.SendAsync("abc"u8.ToArray());
        var received = client.ReceiveAsync(new byte[8]);
        await client.SendAsync("de"u8.ToArray());
        (await server.ReceiveAsync(new byte[8]).Within("what the client says, which is not held")).ShouldBe(2);
        received.IsCompleted.ShouldBeFalse();

        proxy.Flow();
        (await received.Within("what was held")).ShouldBe(3);
    }

    [Fact]
    public async Task What_a_client_says_can_be_held_alone()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var proxy = new TcpProxy((IPEndPoint)listener.LocalEndpoint);
        using var client = await ConnectAsync(proxy);
        using var server = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken).AsTask().Within("the connection");

        proxy.ToTarget.Hold();
        await client.SendAsync("abc"u8.ToArray());
        var received = server.ReceiveAsync(new byte[8]);
        await server.SendAsync("de"u8.ToArray());
        (await client.ReceiveAsync(new byte[8]).Within("what the target says, which is not held")).ShouldBe(2);
        received.IsCompleted.ShouldBeFalse();

        proxy.Heal();
        (await received.Within("what was held")).ShouldBe(3);
        proxy.ToTarget.Touched.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Of_several_targets_the_next_one_that_listens_takes_a_connection()
    {
        var nobody = new IPEndPoint(IPAddress.Loopback, FreePort.Take());
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var proxy = new TcpProxy(nobody, (IPEndPoint)listener.LocalEndpoint);
        for (var i = 0; i < 3; i++)
        {
            using var client = await ConnectAsync(proxy);
            using var server = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken).AsTask().Within("a connection");
            await server.SendAsync("a"u8.ToArray());
            (await client.ReceiveAsync(new byte[8]).Within("a word")).ShouldBe(1);
        }

        proxy.ResetAll();
        using var later = await ConnectAsync(proxy);
        using var again = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken).AsTask().Within("a connection after the reset");
    }

    private static async Task<Socket> ConnectAsync(TcpProxy proxy)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(proxy.Endpoint);
        return socket;
    }
}
