using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Cluster.Journal.Memory;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Node.Hosting;
using Realtime.Tests.Connections;
using Realtime.Tests.Sharding;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>Two nodes of a cluster in this process, with links over loopback and a store in memory; clients are fake links.</summary>
internal sealed class TwoNodes : IAsyncDisposable
{
    private TwoNodes()
    {
        First = New("a");
        Second = New("b");
    }

    public MemoryStore Store { get; } = new(TimeProvider.System);

    public NodeRuntime First { get; }

    public NodeRuntime Second { get; }

    public static async Task<TwoNodes> StartAsync()
    {
        var nodes = new TwoNodes();
        await nodes.First.StartAsync(TestContext.Current.CancellationToken).Within("the first node to start");
        await nodes.Second.StartAsync(TestContext.Current.CancellationToken).Within("the second node to start");
        await Soon.IsTrueAsync(
            () => ClusterOf(nodes.First).View is { Nodes.Length: 2 } view && ClusterOf(nodes.Second).View.Nodes.Length == 2
                && view.Shards.GroupBy(row => row.Owner).Count(group => group.Count() >= 4) == 2,
            "shards on both nodes");
        return nodes;
    }

    public static ICluster ClusterOf(NodeRuntime node) => node.Gateway.Cluster;

    /// <summary>A session that lives on the node it connects to, as a new one does; subscribed to a channel.</summary>
    public static async Task<(Connection Connection, FakeLink Link, SessionId Session)> ConnectAsync(NodeRuntime node)
    {
        var link = new FakeLink();
        var connection = node.Connections.Open(link);
        connection.Tell(new ConnectionInput.Came(new ClientFrame.Hello(1) { Subscriptions = [new SubscriptionRequest(ChannelName.Parse("chat:room"))] }));
        await Soon.IsTrueAsync(() => !connection.Session.IsNone, "the welcome");
        return (connection, link, connection.Session);
    }

    public static async Task<EntityReply> AskAsync(NodeRuntime node, EntityAddress to, EntityMessage message)
    {
        var answer = new OneAnswer();
        ClusterOf(node).Ask(to, message, answer, 1);
        return await answer.Came.Task.Within("an answer");
    }

    public static async Task<SessionAccount> InspectAsync(NodeRuntime node, SessionId session) =>
        (await AskAsync(node, EntityAddress.Of(session), new SessionRequest.Inspect())).ShouldBeOfType<SessionReply.Inspected>().Account;

    public async ValueTask DisposeAsync()
    {
        foreach (var node in new[] { First, Second })
        {
            await node.StopAsync(TestContext.Current.CancellationToken).Within("a node to stop");
            await node.DisposeAsync();
        }

        await Store.DisposeAsync();
    }

    private NodeRuntime New(string name) => new(
        TestNode.Settings with
        {
            Node = new NodeId(name),
            Cluster = new ClusterSettings { PeerAddress = "localhost", PeerHost = "127.0.0.1", Shards = 16, Heartbeat = TimeSpan.FromMilliseconds(500) },
        },
        Store, new NoTokenVerifier(), TimeProvider.System, NullLoggerFactory.Instance);
}
