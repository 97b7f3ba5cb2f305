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
    public async Task A_message_that_cannot_be_read_costs_itself_and_one_line_and_those_behind_it_arrive_on_the_same_connection()
    {
        var broken = Start(settings: RawSerializer.Settings);
        var other = Start();
        var inbox = await broken.InboxOf(other).ResolveOne(TimeSpan.FromSeconds(30));

        inbox.Tell(new RawMessage("zz", [1, 2, 3]));
        inbox.Tell(new RawMessage("cp", [0xFF, 0xFF, 0xFF]));
        inbox.Tell(new RawMessage("ci", other.Serialized(new ChannelRequest.Inspect(Room, 7))));
        await other.Received.HasAsync(1);

        other.Received.Of<object>().ShouldBe([new ChannelRequest.Inspect(Room, 7)]);
        other.Warnings.Count().ShouldBe(2);
        other.Warnings.First().ShouldContain("There is no message with the manifest 'zz'.");
        other.Warnings.Last().ShouldContain("The 3 bytes of a message with the manifest 'cp' cannot be read");
        broken.Warnings.ShouldBeEmpty();
        other.Log.Lines.Count(line => line.Text.Contains("association", StringComparison.OrdinalIgnoreCase) && line.Text.Contains("gated", StringComparison.Ordinal)).ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_without_a_serializer_is_said_and_not_sent_and_the_next_one_arrives(bool secured)
    {
        var one = Start(secured);
        var other = Start(secured);

        one.InboxOf(other).Tell(new RawMessage("cp", []));
        one.InboxOf(other).Tell(Message(2, 10));
        await other.Received.HasAsync(1);

        one.Warnings.Single().ShouldContain("RawMessage");
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

    private RemotingNode Start(bool secured = false, string settings = "")
    {
        var node = RemotingNode.Start(secured ? _authority.Tls($"node-{_nodes.Count}") : null, settings);
        _nodes.Add(node);
        return node;
    }

    private static ChannelRequest.Publish Message(long tag, int bytes) => new(Room, tag, new Payload(new byte[bytes], IsBinary: true), default, null);
}
