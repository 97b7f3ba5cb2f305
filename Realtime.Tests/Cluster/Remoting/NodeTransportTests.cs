using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Cluster.Serialization;
using Realtime.Tests.Cluster.Serialization;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Remoting;

/// <summary>Two nodes that talk to each other.</summary>
[Collection(ActorSystems.Name)]
public sealed class NodeTransportTests : IAsyncLifetime
{
    private static readonly ChannelName Room = ChannelName.Parse("room:1");

    private readonly Authority _authority = new("cluster");
    private readonly List<RemotingNode> _nodes = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        _authority.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_of_every_size_arrive_whole_and_in_their_order_both_ways(bool secured)
    {
        var one = Start(secured);
        var other = Start(secured);
        var random = new Random(1);
        var sent = Enumerable.Range(1, 500).Select(i => Message(i, random.Next(4) == 0 ? random.Next(200_000) : random.Next(500))).ToList();

        foreach (var message in sent)
        {
            one.InboxOf(other).Tell(message);
            other.InboxOf(one).Tell(message);
        }

        foreach (var node in _nodes)
        {
            await node.Received.HasAsync(sent.Count);
            node.Received.Of<ChannelRequest.Publish>().SequenceEqual(sent).ShouldBeTrue();
            node.Warnings.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Every_message_of_every_family_arrives_as_it_was_sent()
    {
        var one = Start();
        var other = Start();
        var sent = WireFamilies.All.SelectMany(family => family.Cases).Select(message => WireExample.Of(message.Message)).ToList();

        sent.ForEach(message => one.InboxOf(other).Tell(message));

        await other.Received.HasAsync(sent.Count);
        other.Received.Of<object>().Select(WireText.Of).ShouldBe(sent.Select(WireText.Of));
    }

    [Fact]
    public async Task What_was_sent_before_a_node_ends_still_arrives()
    {
        var one = Start(secured: true);
        var other = Start(secured: true);
        one.InboxOf(other).Tell(Message(1, 10));
        await other.Received.HasAsync(1);

        for (var i = 2; i <= 300; i++)
        {
            one.InboxOf(other).Tell(Message(i, 10_000));
        }

        await one.System.Terminate();

        await other.Received.HasAsync(300);
    }

    private RemotingNode Start(bool secured = false)
    {
        var node = RemotingNode.Start(secured ? _authority.Tls($"node-{_nodes.Count}") : null);
        _nodes.Add(node);
        return node;
    }

    private static ChannelRequest.Publish Message(long tag, int bytes) => new(Room, tag, new Payload(new byte[bytes], IsBinary: true), default, null);
}
