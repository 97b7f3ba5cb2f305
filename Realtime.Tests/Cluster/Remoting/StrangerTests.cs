using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Remoting;

/// <summary>Clients that are no nodes, on the port for nodes: each costs its own connection and one line in the log.</summary>
[Collection(ActorSystems.Name)]
public sealed class StrangerTests : IAsyncLifetime
{
    private const string Quick = "akka.remote.dot-netty.tcp.connection-timeout = 2s";
    private const string Patient = "akka.remote.dot-netty.tcp.connection-timeout = 600s";

    private readonly Authority _authority = new("cluster");
    private readonly List<RemotingNode> _nodes = [];
    private readonly List<Socket> _strangers = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _strangers.ForEach(stranger => stranger.Dispose());
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        _authority.Dispose();
    }

    public static MatrixTheoryData<string, bool> Rubbish { get; } = new(
        ["random bytes", "a huge frame", "a negative frame", "an HTTP request", "a frame of rubbish", "a frame that almost begins as a node does"],
        [false, true]);

    [Theory]
    [MemberData(nameof(Rubbish))]
    public async Task Rubbish_costs_its_connection_and_one_line(string what, bool secured)
    {
        var (one, other) = await TalkingAsync(secured);
        var stranger = Connect(one);

        await stranger.SendAsync(Bytes(what));

        (await ClosedAsync(stranger)).ShouldBeTrue();
        await LinesAsync(one, 1);
        one.Warnings.Single().ShouldContain(secured ? "was closed" : WhyOf(what));
        await TalkAsync(one, other);
        one.Warnings.Count().ShouldBe(1);
    }

    [Theory]
    [InlineData("nothing", false)]
    [InlineData("half a frame", false)]
    [InlineData("half a frame", true)]
    public async Task Silence_costs_its_connection_and_one_line(string what, bool secured)
    {
        var (one, other) = await TalkingAsync(secured);
        var stranger = Connect(one);

        await stranger.SendAsync(Bytes(what));

        (await ClosedAsync(stranger)).ShouldBeTrue();
        await LinesAsync(one, 1);
        one.Warnings.Single().ShouldContain("did not say who it is within 2 s");
        await TalkAsync(one, other);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_only_looks_whether_the_port_is_open_costs_no_line(bool secured)
    {
        var (one, other) = await TalkingAsync(secured);
        var looking = Connect(one);

        looking.Shutdown(SocketShutdown.Send);

        (await ClosedAsync(looking)).ShouldBeTrue();
        one.Warnings.ShouldBeEmpty();
        await TalkAsync(one, other);
    }

    [Theory]
    [InlineData(10_000, false)]
    [InlineData(1_000, true)]
    public async Task Thousands_that_say_nothing_hold_few_connections_and_the_nodes_go_on(int strangers, bool secured)
    {
        const int Open = 200;
        var (one, other) = await TalkingAsync(secured, Patient);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < strangers; i++)
        {
            Connect(one);
            if (_strangers.Count > Open)
            {
                // One's own limit of open files must not be what holds this up.
                var first = _strangers[0];
                _strangers.RemoveAt(0);
                (await ClosedAsync(first)).ShouldBeTrue();
                first.Dispose();
            }

            if (i % 1000 == 0)
            {
                await TalkAsync(one, other);
            }
        }

        await TalkAsync(other, one);
        await LinesAsync(one, strangers - Open);
        one.Warnings.ShouldAllBe(line => line.Contains("it had not said who it is when 64 others came after it", StringComparison.Ordinal));
        (GC.GetTotalMemory(forceFullCollection: true) - before - LogBytes(one)).ShouldBeLessThan(32 * 1024 * 1024);
    }

    /// <summary>Of what the test itself keeps, about.</summary>
    private static long LogBytes(RemotingNode node) => node.Log.Lines.Sum(line => 1000L + (line.Text.Length * 4));

    private static string WhyOf(string what) => what switch
    {
        "a frame of rubbish" or "a frame that almost begins as a node does" => "it does not begin as a node does",
        _ => "it sent a frame of",
    };

    private static byte[] Bytes(string what)
    {
        var random = new byte[5_000];
        new Random(7).NextBytes(random);
        return what switch
        {
            "random bytes" => random,
            "a huge frame" => [0xFF, 0xFF, 0xFF, 0x7F, 1, 2, 3],
            "a negative frame" => [0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3],
            "an HTTP request" => "GET / HTTP/1.1\r\nHost: node\r\n\r\n"u8.ToArray(),
            "a frame of rubbish" => [100, 0, 0, 0, .. random[..100]],
            "a frame that almost begins as a node does" => [6, 0, 0, 0, (2 << 3) | 2, 4, (1 << 3) | 0, 9, 0, 0],
            "half a frame" => [100, 0, 0, 0, (2 << 3) | 2],
            "nothing" => [],
            _ => throw new ArgumentException(what, nameof(what)),
        };
    }

    private async Task<(RemotingNode One, RemotingNode Other)> TalkingAsync(bool secured, string settings = Quick)
    {
        var one = Start(secured, "one", settings);
        var other = Start(secured, "other", settings);
        await TalkAsync(one, other);
        return (one, other);
    }

    private RemotingNode Start(bool secured, string name, string settings)
    {
        var node = RemotingNode.Start(secured ? _authority.Tls(name) : null, settings);
        _nodes.Add(node);
        return node;
    }

    private static async Task TalkAsync(RemotingNode one, RemotingNode other)
    {
        var counts = (one.Received.Count, other.Received.Count);
        one.InboxOf(other).Tell(new ChannelRequest.Inspect(ChannelName.Parse("a"), 1));
        other.InboxOf(one).Tell(new ChannelRequest.Publish(ChannelName.Parse("a"), 1, new Payload(new byte[9]), default, null));
        await one.Received.HasAsync(counts.Item1 + 1);
        await other.Received.HasAsync(counts.Item2 + 1);
    }

    private Socket Connect(RemotingNode node)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(new IPEndPoint(IPAddress.Loopback, node.Address.Port!.Value));
        _strangers.Add(socket);
        return socket;
    }

    private static async Task<bool> ClosedAsync(Socket socket)
    {
        var buffer = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(buffer).Within("the node to close the connection") > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Closed with something of ours unread.
        }

        return true;
    }

    private static Task LinesAsync(RemotingNode node, int count) =>
        Soon.IsTrueAsync(() => node.Log.Lines.Count(line => line.Level >= LogLevel.Warning) >= count, $"{count} lines");
}
