using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Cluster.Remoting;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Remoting;

/// <summary>Who is let in, and what becomes of a node that meets others.</summary>
[Collection(ActorSystems.Name)]
public sealed class TransportTlsTests : IAsyncLifetime
{
    private static readonly ChannelRequest Message = new ChannelRequest.Publish(ChannelName.Parse("room:1"), 1, new Payload("{}"u8.ToArray()), default, null);

    private readonly Authority _authority = new("cluster");
    private readonly Authority _stranger = new("stranger");
    private readonly List<RemotingNode> _nodes = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        _authority.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task Nodes_of_one_authority_talk_and_a_node_of_another_one_is_refused_and_ends_nobody()
    {
        var one = Start(_authority.Tls("one"));
        var other = Start(_authority.Tls("other"));
        var stranger = Start(_stranger.Tls("stranger"));

        stranger.InboxOf(one).Tell(Message);
        one.InboxOf(stranger).Tell(Message);
        await Refused(one, "its certificate CN=stranger is not taken");
        await Refused(stranger, "its certificate CN=one is not taken");

        (one.Received.Count, stranger.Received.Count).ShouldBe((0, 0));
        await Talk(one, other);
        stranger.System.WhenTerminated.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_node_without_a_certificate_is_refused()
    {
        var one = Start(_authority.Tls("one"));
        var other = Start(_authority.Tls("other"));
        var open = Start(null);

        open.InboxOf(one).Tell(Message);
        await Refused(one, "A connection from");
        one.InboxOf(open).Tell(Message);
        await Refused(open, "it sent a frame of");

        (one.Received.Count, open.Received.Count).ShouldBe((0, 0));
        await Talk(one, other);
    }

    [Theory]
    [InlineData(-9, -1, true)]
    [InlineData(1, 9, true)]
    [InlineData(-1, 1, false)]
    public async Task A_certificate_that_is_over_or_not_yet_or_not_for_both_ends_is_refused(int from, int to, bool forBoth)
    {
        var uses = forBoth ? null : new OidCollection { new Oid("1.3.6.1.5.5.7.3.1") };
        var one = Start(_authority.Tls("one"));
        var bad = Start(new TransportTls(_authority.Issue("bad", from, to, uses), [], [_authority.Certificate]));

        bad.InboxOf(one).Tell(Message);

        await Refused(one, "its certificate CN=bad is not taken");
        one.Received.Count.ShouldBe(0);
    }

    /// <summary>Akka's own transport ends its actor system then; that is how a node looks that is killed while another one dials it.</summary>
    [Fact]
    public async Task A_node_that_is_cut_off_within_the_handshake_with_another_goes_on()
    {
        var one = Start(_authority.Tls("one"));
        var other = Start(_authority.Tls("other"));
        using var killed = new TcpListener(IPAddress.Loopback, 0);
        killed.Start();
        var port = ((IPEndPoint)killed.LocalEndpoint).Port;

        one.System.ActorSelection($"akka.tcp://realtime@127.0.0.1:{port}/user/inbox").Tell(Message);
        (await killed.AcceptSocketAsync().Within("the node to dial")).Close(0);

        await Soon.IsTrueAsync(() => one.Warnings.Any(line => line.Contains($"127.0.0.1:{port}", StringComparison.Ordinal)), "the failure in the log");
        await Talk(one, other);
    }

    private static Task Refused(RemotingNode node, string why) =>
        Soon.IsTrueAsync(() => node.Warnings.Any(line => line.Contains(why, StringComparison.Ordinal)), $"a line that says '{why}'");

    private static async Task Talk(RemotingNode one, RemotingNode other)
    {
        var before = other.Received.Count;
        one.InboxOf(other).Tell(Message);
        await other.Received.HasAsync(before + 1);
        other.InboxOf(one).Tell(Message);
        await Soon.IsTrueAsync(() => one.Received.Of<ChannelRequest.Publish>().Any(), "the answer");
    }

    private RemotingNode Start(TransportTls? tls)
    {
        var node = RemotingNode.Start(tls);
        _nodes.Add(node);
        return node;
    }
}
