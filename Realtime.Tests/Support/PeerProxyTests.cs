using System.Net;
using System.Net.Sockets;

namespace Realtime.Tests.Support;

public sealed class PeerProxyTests
{
    [Fact]
    public async Task The_way_of_one_dialler_is_cut_and_another_gets_through()
    {
        using var listener = Listening();
        var names = new Queue<string>(["a", "b", "a"]);
        await using var proxy = new PeerProxy(new IPEndPoint(IPAddress.Loopback, 0), (IPEndPoint)listener.LocalEndpoint, _ => names.Dequeue());
        using var a = await ConnectAsync(proxy);
        using var serverOfA = await AcceptAsync(listener);
        using var b = await ConnectAsync(proxy);
        using var serverOfB = await AcceptAsync(listener);

        proxy.From("a").Cut();
        await Should.ThrowAsync<SocketException>(() => serverOfA.ReceiveAsync(new byte[8]).Within("the reset of a's connection"));
        await b.SendAsync("abc"u8.ToArray());
        (await serverOfB.ReceiveAsync(new byte[8]).Within("what b says")).ShouldBe(3);
        await Should.ThrowAsync<SocketException>(async () =>
        {
            using var refused = await ConnectAsync(proxy);
            await refused.ReceiveAsync(new byte[8]).Within("the reset of a new connection of a");
        });
        proxy.From("a").Resets.ShouldBe(3);
    }

    [Fact]
    public async Task One_direction_of_one_dialler_is_held_and_the_other_flows()
    {
        using var listener = Listening();
        await using var proxy = new PeerProxy(new IPEndPoint(IPAddress.Loopback, 0), (IPEndPoint)listener.LocalEndpoint, _ => "a");
        using var a = await ConnectAsync(proxy);
        using var server = await AcceptAsync(listener);

        proxy.From("a").ToTarget.Hold();
        await a.SendAsync("abc"u8.ToArray());
        var held = server.ReceiveAsync(new byte[8]);
        await server.SendAsync("de"u8.ToArray());
        (await a.ReceiveAsync(new byte[8]).Within("what is said the other way")).ShouldBe(2);
        held.IsCompleted.ShouldBeFalse();
        proxy.From("a").Heal();
        (await held.Within("what was held")).ShouldBe(3);
    }

    [Fact]
    public async Task Whoever_is_not_known_does_not_get_through()
    {
        using var listener = Listening();
        await using var proxy = new PeerProxy(new IPEndPoint(IPAddress.Loopback, 0), (IPEndPoint)listener.LocalEndpoint, _ => null);
        await Should.ThrowAsync<SocketException>(async () =>
        {
            using var refused = await ConnectAsync(proxy);
            await refused.ReceiveAsync(new byte[8]).Within("the reset");
        });
        proxy.Strangers.ShouldBe(1);
    }

    [Fact]
    public async Task A_connection_is_its_process_s_and_of_no_other()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc is Linux's");
        using var listener = Listening();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndpoint);
        using var server = await AcceptAsync(listener);
        var (local, remote) = ((IPEndPoint)client.LocalEndPoint!, (IPEndPoint)listener.LocalEndpoint);

        SocketOwner.Of(local, remote, [1, Environment.ProcessId]).ShouldBe(Environment.ProcessId);
        SocketOwner.Of(local, remote, [1]).ShouldBeNull();
        SocketOwner.Of(new IPEndPoint(IPAddress.Loopback, 1), remote, [Environment.ProcessId]).ShouldBeNull();
    }

    private static TcpListener Listening()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static async Task<Socket> ConnectAsync(PeerProxy proxy)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(proxy.Endpoint).Within("a connection");
        return client;
    }

    private static Task<Socket> AcceptAsync(TcpListener listener) =>
        listener.AcceptSocketAsync(TestContext.Current.CancellationToken).AsTask().Within("the connection at the target");
}
